/* Overflow the stack. */
int main(int count, char **arguments) {
    volatile char block[65536];
    block[0] = (char)count;
    return main(count + block[0], arguments) + block[1];
}
