# Autobahn's fuzzing client (Python 2, Jython): output directory, then groups of three:
# name, URL, cases separated by commas. A name that starts with "+" begins when all before
# it are done: what is heavy must not make this client late with what it times.
import sys

from autobahntestsuite import fuzzing

arguments = sys.argv[2:]
phases = [[]]
for i in range(0, len(arguments), 3):
    name, url, cases = arguments[i : i + 3]
    if name.startswith("+"):
        phases.append([])
    phases[-1].append((name.lstrip("+"), url, cases))


class Reactor:
    """Goes on with the next phase, or stops, when every group is done."""

    running = 0

    def __getattr__(self, name):
        return getattr(actual, name)

    def stop(self):
        self.running -= 1
        if self.running == 0:
            self.begin()

    def begin(self):
        while phases and not phases[0]:
            phases.pop(0)
        if not phases:
            actual.stop()
            return
        groups = phases.pop(0)
        self.running = len(groups)
        for name, url, cases in groups:
            fuzzing.FuzzingClientFactory({"servers": [{"agent": "secure-streams", "url": url}],
                "outdir": sys.argv[1] + "/" + name, "cases": cases.split(","), "exclude-cases": [],
                "exclude-agent-cases": {}, "options": {"failByDrop": False, "openHandshakeTimeout": 60,
                    "closeHandshakeTimeout": 10, "serverConnectionDropTimeout": 10}})


actual = fuzzing.reactor
fuzzing.reactor = Reactor()
fuzzing.reactor.begin()
actual.run(installSignalHandlers=0)
