"""The backend of hardened containers, one for each program, over the daemon of Docker or Podman."""
