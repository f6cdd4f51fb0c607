"""A fault harness for a queue that must lose nothing, send nothing twice, and keep the order.

Each part stands alone and is meant to be used from any test:

| part | what it gives |
|---|---|
| `judge` | compares the server's journal with the journal of acknowledged changes; never asks the program |
| `journal` | the server's journal as plain writes: of the embedded server, of HAPI, of `tests.scripted` |
| `server` | the embedded server as a process of its own, with faults by chance and a record of what it was asked |
| `proxy` | a TCP proxy on the loopback that resets, cuts, drips, slows, slices, and closes stale connections |
| `processes` | worker processes that start in milliseconds and die by SIGKILL |
| `workload` | changes with marks that can be found again on the server: patients, encounters, results, deletes |
| `kill_loop` | all of these together |
| `lossy` | what a drain costs on a bad line, and the judge's word on it |
| `wal` | copies a data folder in mid-flight and cuts or tears what was not yet synced |
| `trace` | kills or fails the N-th system call (strace) |
| `clock` | time that the test moves |
| `model` | a FHIR server in memory for property tests: no sockets, every fault scripted |

`docs/faults-harness.md` says how to run the long ones. A *mark* is a number that goes up with every change of a test
and travels inside the resource, so that the versions the server holds can be matched with what was acknowledged.
"""
