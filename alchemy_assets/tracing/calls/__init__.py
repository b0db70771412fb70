"""Traces of calls: functions of files without a main, called by a small shown driver."""
