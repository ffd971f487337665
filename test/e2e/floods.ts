// What a bot that was tampered with does to silence the guard. Every flood is limited by a count.

/** What the floods call. */
const prelude = `
import os, socket, stat, sys, time

report, all_reached = int(sys.argv[1]), int(sys.argv[2])

def reached():
    """The flood has taken what it can get, or goes on from now on."""
    os.write(report, b".")
    os.close(report)

def in_processes(count, take, then=lambda: time.sleep(600)):
    """Calls take(number) in so many processes, or as many as there may be, and waits until each of them has taken all.

    They go on with then() when all floods have taken what they can get: it would slow down the others.
    """
    done, pending = os.pipe()
    for number in range(count):
        try:
            child = os.fork()
        except OSError:
            break
        if child == 0:
            try:
                os.setsid()
                os.close(report)
                kept = take(number)
                os.close(pending)
                os.read(all_reached, 1)
                then()
            finally:
                os._exit(0)
    os.close(pending)
    os.read(done, 1)

sys.stdin.read()
`;

/** By what is flooded, a program of the bot. */
export const floods: Record<string, string> = {
  "sockets of the server": `
def sockets():
    for folder, folders, files in os.walk("/"):
        folders[:] = [name for name in folders if os.path.join(folder, name) not in ("/proc", "/sys", "/usr")]
        for name in files:
            path = os.path.join(folder, name)
            if stat.S_ISSOCK(os.lstat(path).st_mode):
                yield path
reached()
for _ in range(2000):
    for path in ["/run/systemd/notify", "/run/systemd/private", "/run/systemd/journal/socket", *sockets()]:
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            with socket.socket(socket.AF_UNIX, kind) as client:
                try:
                    client.connect(path)
                    for _ in range(1000):
                        client.send(b"X=1")
                except OSError:
                    pass`,
  "the journal": `
for number in range(2_000_000):
    print("an order was accepted", number)
    if number == 10_000:
        reached()`,
  "files in memory": `
for folder in ("/run", "/dev/shm", "/tmp"):
    for number in range(20_000):
        try:
            os.close(os.open(f"{folder}/{number}", os.O_CREAT | os.O_WRONLY))
        except OSError:
            break
reached()
time.sleep(600)`,
  "file descriptors": `
def take(_):
    kept = []
    try:
        for _ in range(30_000):
            kept.extend(os.pipe())
    except OSError:
        pass
    return kept
in_processes(60, take)
reached()
time.sleep(600)`,
  processes: `
in_processes(200, lambda _: None)
reached()
time.sleep(600)`,
  "local ports": `
def take(number):
    kept = []
    first = 1024 + 900 * number
    for port in range(first, min(first + 900, 65536)):
        try:
            kept.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            kept[-1].bind(("0.0.0.0", port))
        except OSError:
            pass
    return kept
in_processes(72, take)
reached()
time.sleep(600)`,
  "connections to the exchange": `
def take(_):
    kept = []
    try:
        for _ in range(900):
            kept.append(socket.create_connection(("api.binance.com", 443), timeout=5))
    except OSError:
        pass
    return kept
in_processes(10, take)
reached()
time.sleep(600)`,
  names: `
def ask():
    for number in range(20_000):
        try:
            socket.getaddrinfo(f"{os.getpid()}-{number}.binance.com", 443)
        except OSError:
            pass
in_processes(8, lambda _: None, ask)
reached()
time.sleep(600)`,
  terminals: `
for _ in range(5000):
    for path in ("/dev/ptmx", "/dev/pts/ptmx"):
        try:
            os.open(path, os.O_RDWR)
        except OSError:
            pass
reached()
time.sleep(600)`,
  "files in its state": `
os.makedirs("flood", exist_ok=True)
for number in range(20_000):
    os.close(os.open(f"flood/{number}", os.O_CREAT | os.O_WRONLY))
reached()
time.sleep(600)`,
};

/** Those that only the limits of control groups stop. */
export const floodsWithinLimits: Record<string, string> = {
  processors: `
def work():
    end = time.monotonic() + 240
    while time.monotonic() < end:
        pass
in_processes(300, lambda _: None, work)
reached()
time.sleep(600)`,
  // The kernel kills the process that takes too much, and then the next one does the same.
  memory: `
def take():
    kept = [bytearray(16 << 20) for _ in range(100)]
    time.sleep(600)
is_reported = False
for _ in range(50):
    try:
        child = os.fork()
    except OSError:
        time.sleep(0.1)
        continue
    if child == 0:
        if not is_reported:
            os.close(report)
        take()
    os.waitpid(child, 0)
    if not is_reported:
        is_reported = True
        reached()
time.sleep(600)`,
  "more processes than it may have": `
is_refused = False
for _ in range(100_000):
    try:
        if os.fork() == 0:
            if not is_refused:
                os.close(report)
            time.sleep(600)
            os._exit(0)
    except OSError:
        if not is_refused:
            is_refused = True
            reached()
        time.sleep(0.01)
time.sleep(600)`,
};

/** Those of a disk. They begin once there is a file "go", because the bot can't answer when the disk is full. */
export const floodsOfDisk: Record<"avail" | "iavail", string> = {
  // When something is removed, they take what has become free.
  avail: `
reached()
while not os.path.exists("go"):
    time.sleep(0.01)
with open("flood", "wb", buffering=0) as file:
    for _ in range(30_000):
        try:
            file.write(bytes(4096))
        except OSError:
            time.sleep(0.01)`,
  iavail: `
reached()
while not os.path.exists("go"):
    time.sleep(0.01)
os.mkdir("flood")
for number in range(30_000):
    try:
        os.close(os.open(f"flood/{number}", os.O_CREAT | os.O_WRONLY))
    except OSError:
        time.sleep(0.01)`,
};

/** Spends what Binance lets an address request, and goes on when it is refused. */
export const floodOfRequests = `
import http.client
reached()
for _ in range(2000):
    connection = http.client.HTTPSConnection("api.binance.com", timeout=5)
    try:
        for _ in range(50):
            connection.request("GET", "/api/v3/exchangeInfo")
            connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        time.sleep(0.01)
    finally:
        connection.close()`;

/**
 * A program that starts each of these floods in its own process. All processes are there before the first flood begins.
 * When each flood has taken what it can get, it prints how many of them have not failed. The bot of the tests makes no more orders from then on,
 * because it would end when one is refused.
 */
export function floodsInBackground(programs: readonly string[]): string {
  return `
import os, subprocess, sys
all_reached, pending = os.pipe()
started, reports = [], []
for program in ${JSON.stringify(programs)}:
    reached, report = os.pipe()
    command = [sys.executable, "-c", ${JSON.stringify(prelude)} + program, str(report), str(all_reached)]
    started.append(subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=[report, all_reached]))
    reports.append(reached)
    os.close(report)
sys.modules["__main__"].refusal = lambda *_: ""
for process in started:
    process.stdin.close()
# Nothing comes from a flood that failed, or that the kernel has killed.
flooding = sum(len(os.read(reached, 1)) for reached in reports)
os.close(pending)
print(flooding)`;
}
