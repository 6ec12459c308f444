# Each verb installs what it needs first (once, into .venv). Without make, on
# Windows say, two lines do the same:
#
#     py -m tools.install
#     .venv\Scripts\python -m tools.build_book

PYTHON ?= python3
PORT ?= 8000
VENV = .venv/bin/python

.PHONY: help setup book test serve bench solutions clean

help:
	@echo "make book       build the book, then open _build/html/index.html"
	@echo "make test       run all tests"
	@echo "make serve      build the book and serve it on localhost:$(PORT)"
	@echo "make bench      run the benchmarks again"
	@echo "make solutions  build the edition with solutions, for yourself alone"
	@echo "make clean      remove what was built (.venv stays)"

setup:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON):\
	 install Python 3.11 or newer, or name yours: make PYTHON=..."; exit 1; }
	@$(PYTHON) -m tools.install

book: setup
	$(VENV) -m tools.build_book

test: setup
	$(VENV) -m pytest -n logical --maxprocesses 4 --no-loadscope-reorder

serve: book
	$(VENV) -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

bench: book
	$(VENV) -m benchmarks

solutions: setup
	$(VENV) -m tools.build_solutions

clean:
	rm -rf _build
