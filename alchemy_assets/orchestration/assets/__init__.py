"""The steps, room by room: what each reads, calls and makes."""
