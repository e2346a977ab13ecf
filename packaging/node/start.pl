#!/usr/bin/perl
# Starts agent or tracker on Node.js:
#
#   start.pl /usr/bin/node /usr/lib/rpi-cluster-alert/agent.mjs [ARGUMENT...]
#
# Node.js has no unix datagram sockets, by which services report to systemd. So this program connects
# one, leaves it open and becomes Node.js. A write to it comes from the service's own process, as
# NotifyAccess=main demands. Every Debian has perl.

use strict;
use warnings;
use Fcntl qw(F_SETFD F_SETFL O_NONBLOCK);
use Socket qw(AF_UNIX SOCK_DGRAM pack_sockaddr_un);

# As in the executables: without a JIT systemd may forbid memory that is both writable and executable,
# and a runaway program ends early and is started anew. WebAssembly needs a JIT, and Node.js would say
# so at each start. Young objects get little room, which otherwise grows over days.
my @FLAGS = qw(--jitless --no-expose-wasm --max-old-space-size=64 --max-semi-space-size=1);

my ($node, @program) = @ARGV;
die "usage: start.pl NODE PROGRAM [ARGUMENT...]\n" unless @program;

delete $ENV{NOTIFY_FILE};
my $systemd;
if ($ENV{NOTIFY_SOCKET}) {
    my $address = pack_sockaddr_un($ENV{NOTIFY_SOCKET});
    # Without it the program itself reports that it cannot notify systemd.
    if (socket($systemd, AF_UNIX, SOCK_DGRAM, 0) && connect($systemd, $address)) {
        fcntl($systemd, F_SETFL, O_NONBLOCK);
        # It stays open when the program changes.
        fcntl($systemd, F_SETFD, 0);
        $ENV{NOTIFY_FILE} = fileno($systemd);
    }
}
exec { $node } $node, @FLAGS, @program;
die "cannot start $node: $!\n";
