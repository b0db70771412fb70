# Find the variables of whoever started the sandbox, in every process that can be seen.
found=$(cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n' | grep -c "hidden-[w]ord")
[ "$found" = 0 ] || echo "BREACH $found"
env | grep -q "hidden-[w]ord" && echo "BREACH env"
for descriptor in /proc/[0-9]*/fd/*; do
    case $(readlink "$descriptor") in socket:*) echo "BREACH $descriptor" ;; esac
done
echo contained
