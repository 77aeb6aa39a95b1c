"""Measures the service as it is shipped, from outside: publisher, service and webhook sink are processes of
their own. It never changes what it measures, and ends only what it started.
"""
