# Autobahn's fuzzing client, several at once (Python 2, Jython): output directory, then
# groups of three: name, URL, cases separated by commas
import sys

from autobahntestsuite import fuzzing

arguments = sys.argv[2:]
groups = [arguments[i : i + 3] for i in range(0, len(arguments), 3)]


class Reactor:
    """Stops when the last group is done."""

    running = len(groups)

    def stop(self):
        self.running -= 1
        if self.running == 0:
            actual.stop()


actual = fuzzing.reactor
fuzzing.reactor = Reactor()
for name, url, cases in groups:
    fuzzing.FuzzingClientFactory({"servers": [{"agent": "secure-streams", "url": url}],
        "outdir": sys.argv[1] + "/" + name, "cases": cases.split(","), "exclude-cases": [],
        "exclude-agent-cases": {}, "options": {"failByDrop": False}})
actual.run(installSignalHandlers=0)
