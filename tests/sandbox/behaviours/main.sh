case ${1-print} in
print) echo hello ;;
greet) read -r name; echo "hello $name!" ;;
copy) cat ;;
arguments) shift; printf '%s\n' "$@" ;;
read) cat data/in.txt ;;
write) echo 'written ü' > out.txt ;;
exit) exit "$2" ;;
assert) [ $((1 + 1)) = 3 ] || { echo 'assertion failed' >&2; exit 1; } ;;
uncaught) set -e; echo 'went wrong' >&2; false ;;
crash) kill -SEGV $$ ;;
loop) while :; do :; done ;;
much) head -c "$2" /dev/zero | tr '\0' x ;;
memory) x=x; while :; do x=$x$x; done ;;
sleep) sleep 0.4; echo awake ;;
spawn) for i in 0 1 2 3; do echo $((i * 10)) & done | { sum=0; while read -r n; do ((sum += n)); done; echo $sum; } ;;
esac
