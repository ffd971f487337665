// What a bot that was tampered with does to silence the guard. Every flood is limited by counts: of what it takes, and of
// its processes. All of them together start fewer than 400 processes, and most of these sleep, so that they do no harm on a
// host where the limits of the bot's unit don't apply.

/** What the floods call. */
const prelude = `
import os, resource, socket, stat, sys, time

report, all_reached = int(sys.argv[1]), int(sys.argv[2])

def reached():
    """The flood has taken what it can get, or goes on from now on."""
    global report
    if report is not None:
        os.write(report, b".")
        os.close(report)
        report = None

def fork():
    """A process that doesn't report, or nothing if no more processes are permitted."""
    try:
        child = os.fork()
    except OSError:
        return None
    if child == 0 and report is not None:
        os.close(report)
    return child

def allow_descriptors():
    """A process has 1024 descriptors, and may raise this by itself."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 4096),) * 2)

def in_processes(count, take, then=lambda: time.sleep(600)):
    """Calls take(number) in so many processes, or as many as there may be, and waits until each of them has taken all.

    They go on with then() when all floods have taken what they can get: it would slow down the others.
    """
    done, pending = os.pipe()
    for number in range(count):
        child = fork()
        if child is None:
            break
        if child == 0:
            try:
                os.setsid()
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
    allow_descriptors()
    kept = []
    try:
        for _ in range(2048):
            kept.extend(os.pipe())
    except OSError:
        pass
    return kept
in_processes(15, take)
reached()
time.sleep(600)`,
  "local ports": `
def take(number):
    allow_descriptors()
    kept = []
    first = 1024 + 4000 * number
    for port in range(first, min(first + 4000, 65536)):
        try:
            kept.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            kept[-1].bind(("0.0.0.0", port))
        except OSError:
            pass
    return kept
in_processes(17, take)
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
  "connections to itself": `
def take(_):
    allow_descriptors()
    kept = []
    try:
        # On any free port: another flood may have nearly all of them.
        listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        for _ in range(1900):
            kept.append(socket.create_connection(listener.getsockname(), timeout=5))
            kept.append(listener.accept()[0])
    except OSError:
        pass
    return kept
in_processes(10, take)
reached()
time.sleep(600)`,
  "new connections": `
def connect():
    for _ in range(2000):
        try:
            socket.create_connection(("api.binance.com", 443), timeout=5).close()
        except OSError:
            pass
in_processes(8, lambda _: None, connect)
reached()
time.sleep(600)`,
  // The bot's firewall lets none of them pass.
  datagrams: `
def send():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        for _ in range(100_000):
            for address in ((proxy, 443), ("127.0.0.1", 1999), ("127.0.0.1", 53)):
                try:
                    client.sendto(bytes(1400), address)
                except OSError:
                    pass
proxy = socket.gethostbyname("api.binance.com")
in_processes(4, lambda _: None, send)
reached()
time.sleep(600)`,
  names: `
def ask():
    for number in range(10_000):
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
  "the disk's speed": `
os.makedirs("flood", exist_ok=True)
def write():
    with open(f"flood/{os.getpid()}", "wb", buffering=0) as file:
        for number in range(2000):
            file.write(bytes(65536))
            os.fsync(file.fileno())
            if number % 100 == 99:
                file.seek(0)
in_processes(4, lambda _: None, write)
reached()
time.sleep(600)`,
  "files in its state": `
os.makedirs("flood", exist_ok=True)
for number in range(20_000):
    os.close(os.open(f"flood/{number}", os.O_CREAT | os.O_WRONLY))
reached()
time.sleep(600)`,
  processors: `
def work():
    end = time.monotonic() + 240
    while time.monotonic() < end:
        pass
in_processes(32, lambda _: None, work)
reached()
time.sleep(600)`,
  // Their parents end at once, so that another process has to notice that they have ended.
  "processes that end": `
def orphans():
    for _ in range(5000):
        child = fork()
        if child == 0:
            fork()
            os._exit(0)
        if child is not None:
            os.waitpid(child, 0)
in_processes(4, lambda _: None, orphans)
reached()
time.sleep(600)`,
  // More than the limit of the tests. The kernel kills the process that takes too much, and then the next one does the same.
  memory: `
for _ in range(50):
    in_processes(1, lambda _: [bytearray(16 << 20) for _ in range(96)])
    reached()
    try:
        os.wait()
    except ChildProcessError:
        time.sleep(0.1)
time.sleep(600)`,
  // More than the limit of the tests. It is the last one, and goes on, so that it gets what the other floods leave.
  processes: `
started, tries = 0, 0
while started < 220 and tries < 20_000:
    child = fork()
    if child == 0:
        time.sleep(600)
        os._exit(0)
    tries += 1
    if child is None:
        reached()
        time.sleep(0.01)
    else:
        started += 1
reached()
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
 * A program that starts each of these floods in its own process. All processes are there before the first flood begins. The
 * last one begins when the others have taken what they can get, and takes what they leave. Then it prints how many of them
 * have not failed. The bot of the tests makes no more orders from then on, because it would end when one is refused.
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
for process in started[:-1]:
    process.stdin.close()
# Nothing comes from a flood that failed, or that the kernel has killed.
flooding = sum(len(os.read(reached, 1)) for reached in reports[:-1])
started[-1].stdin.close()
flooding += len(os.read(reports[-1], 1))
os.close(pending)
print(flooding)`;
}
