"""The default backend: a fresh set of namespaces and a control group for each program, started by a small helper process."""
