# Autobahn's fuzzing server on a free port of the loopback interface (Python 2, Jython)
import sys

from twisted.internet import reactor

from autobahntestsuite.fuzzing import FuzzingServerFactory

placeholder = "ws://127.0.0.1:1"
spec = {"url": placeholder, "outdir": sys.argv[1], "cases": ["*"], "exclude-cases": [],
        "exclude-agent-cases": {}, "options": {"failByDrop": False}}
factory = FuzzingServerFactory(spec)
port = reactor.listenTCP(0, factory, interface="127.0.0.1").getHost().port
factory.setSessionParameters(url="ws://127.0.0.1:%d" % port)
print "PORT %d" % port
sys.stdout.flush()
reactor.run(installSignalHandlers=0)
