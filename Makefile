# Other names for the verbs of do.py, for those whose fingers know make.
.PHONY: run test check setup lock
run test check setup lock:
	@python3 do.py $@
