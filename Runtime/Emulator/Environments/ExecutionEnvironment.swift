import Foundation
import HTTPServer
import NIOCore
import NIOPosix

/// One execution environment: a function process, its Runtime API port and its invocation. Bound to the pool's event loop.
final class ExecutionEnvironment {
    enum Phase: Equatable {
        case starting
        case idle
        case running
        /// The response is sent, but the process has not requested the next event.
        case draining
        case stopping
    }

    let number: Int
    var phase = Phase.starting
    var job: InvocationJob?
    /// The connection on which the process waits for its next event.
    var poll: ServerConnection?
    var extensions = Extensions()
    var initError: [UInt8]?
    var tail = LogTail()
    private(set) var idleSince = NIODeadline.now()
    private(set) var peakMemory = 0
    unowned let pool: FunctionPool
    private var listener: (any Channel)?
    private var process: ChildProcess?
    private var output: ProcessOutput?
    private var timer: Scheduled<Void>?
    private var startedAt = NIODeadline.now()
    private var initDuration: Int64?
    /// Nanoseconds of the next invocation's timeout that a suppressed init has used.
    private var suppressedInitTime: Int64 = 0
    private var peakMemoryReadAt: NIODeadline?
    private var isTimedOut = false
    private var isOutOfMemory = false
    private var memoryCheck: RepeatedTask?
    /// The second init after an init that timed out. Its time counts against the invocation's timeout.
    var isSuppressedInit = false

    init(number: Int, pool: FunctionPool) {
        self.number = number
        self.pool = pool
    }

    private var loop: NIOIsolatedEventLoop { pool.loop.assumeIsolated() }

    /// Opens the port and starts the process, which has to request its first event within `limit`.
    func start(limit: TimeAmount) {
        ServerConnection.listen(for: self, on: pool.loop).assumeIsolated().whenComplete { [self] result in
            do {
                let channel = try result.get()
                guard phase == .starting else { return channel.close(promise: nil) }
                listener = channel
                try launch(port: channel.localAddress?.port ?? 0)
                timer = loop.scheduleTask(in: limit) { [self] in initTimedOut() }
            } catch {
                listener?.close(promise: nil)
                phase = .stopping
                pool.initFailed(self, .entrypoint(String(describing: error)))
            }
        }
    }

    private func launch(port: Int) throws {
        startedAt = .now()
        let function = pool.definition
        let variables = pool.variables.variables(
            for: function, runtimeAPI: "127.0.0.1:\(port)", logStream: "\(pool.logStreamPrefix)\(number)")
        let process = try ChildProcess.spawn("\(function.codePath)/bootstrap", in: function.codePath, environment: variables)
        self.process = process
        output = ProcessOutput(descriptor: process.output, on: pool.loop) { [weak self] bytes in
            guard let self else { return }
            tail.append(bytes)
            pool.log.append(bytes)
        }
        let environment = NIOLoopBound(self, eventLoop: pool.loop)
        process.whenEnded { environment.eventLoop.execute { environment.value.ended() } }
    }

    /// Handles the process's request for its next event.
    func nextRequested(_ connection: ServerConnection) {
        guard phase != .running, phase != .stopping else {
            return connection.reject(403, "InvalidStateTransition", "An invocation is in progress")
        }
        timer?.cancel()
        poll = connection
        if phase == .starting {
            initDuration = (NIODeadline.now() - startedAt).nanoseconds
            if isSuppressedInit { (suppressedInitTime, initDuration) = (initDuration ?? 0, nil) }
            tail = LogTail()
            startMemoryChecks()
        }
        guard phase != .idle else { return }
        phase = .idle
        idleSince = .now()
        pool.becameFree(self)
    }

    /// Sends an invocation to the waiting process.
    func run(_ job: InvocationJob) {
        guard let poll else { return pool.submit(job) }
        self.poll = nil
        self.job = job
        phase = .running
        startedAt = .now() - .nanoseconds(suppressedInitTime)
        output?.drain()
        _ = tail.take()
        write("START RequestId: \(job.requestID) Version: $LATEST\n")
        let remaining = max(0, TimeAmount.seconds(Int64(pool.definition.timeout)).nanoseconds - suppressedInitTime)
        suppressedInitTime = 0
        poll.reply(200, headers: eventHeaders(job, remaining: remaining), body: job.invocation.payload)
        timer = loop.scheduleTask(in: .nanoseconds(remaining)) { [self] in runTimedOut() }
    }

    /// Ends the running invocation for its caller. The process stays busy until it requests the next event.
    func finish(_ payload: [UInt8], functionError: String?, status: String? = nil) {
        guard let job else { return }
        self.job = nil
        if phase == .running { phase = .draining }
        output?.drain()
        readPeakMemory()
        let report = InvocationReport(
            requestID: job.requestID, duration: (NIODeadline.now() - startedAt).nanoseconds, memorySize: pool.definition.memorySize,
            peakMemory: peakMemory, initDuration: initDuration, status: status)
        initDuration = nil
        write("END RequestId: \(job.requestID)\n" + report.line)
        job.finish(
            .success(
                InvocationResult(requestID: job.requestID, payload: payload, functionError: functionError, logTail: tail.take())))
    }

    private func initTimedOut() {
        guard phase == .starting else { return }
        let duration = InvocationReport.milliseconds((NIODeadline.now() - startedAt).nanoseconds)
        write("INIT_REPORT Init Duration: \(duration) ms\tPhase: init\tStatus: timeout\n")
        isTimedOut = true
        kill()
    }

    private func runTimedOut() {
        guard phase == .running || phase == .draining else { return }
        kill()
        if let job {
            let seconds = pool.definition.timeout
            write("\(Date.now.formatted(.iso8601)) \(job.requestID) Task timed out after \(seconds).00 seconds\n\n")
            finish(InvocationErrorBody.timedOut(job.requestID, after: seconds), functionError: "Unhandled", status: "timeout")
        }
        phase = .draining
    }

    /// Ends an idle process: with SIGTERM and 500 ms if it has an extension, else with SIGKILL.
    func retire() {
        phase = .stopping
        guard process != nil else { return pool.ended(self) }
        guard !extensions.isEmpty else { return kill() }
        extensions.send(
            "SHUTDOWN", json: #"{"eventType":"SHUTDOWN","shutdownReason":"spindown","deadlineMs":\#(Self.epochMilliseconds() + 500)}"#)
        process?.signalGroup(SIGTERM)
        loop.scheduleTask(in: .milliseconds(500)) { [weak self] in self?.kill() }
    }

    func kill() { process?.signalGroup(SIGKILL) }

    private func ended() {
        guard let status = process?.reap() else { return }
        timer?.cancel()
        memoryCheck?.cancel()
        output?.drain()
        output?.close()
        process = nil
        poll = nil
        listener?.close(promise: nil)
        let before = phase
        phase = .stopping
        switch before {
        case .running:
            if let job {
                let type = isOutOfMemory ? "Runtime.OutOfMemory" : "Runtime.ExitError"
                write("RequestId: \(job.requestID) Error: \(status)\n\(type)\n")
                finish(
                    isOutOfMemory
                        ? InvocationErrorBody.outOfMemory(job.requestID, status) : InvocationErrorBody.exited(job.requestID, status),
                    functionError: "Unhandled", status: "error\tError Type: \(type)")
            }
            pool.ended(self)
        case .starting: pool.initFailed(self, isTimedOut ? .initTimeout : initError.map { .initError($0) } ?? .exit(status))
        default: pool.ended(self)
        }
    }

    func write(_ text: String) {
        tail.append(text.utf8)
        pool.log.append(text.utf8)
    }

    /// Kills the process when it uses more than the function's memory size, as Lambda does.
    private func startMemoryChecks() {
        let environment = NIOLoopBound(self, eventLoop: pool.loop)
        let pause = TimeAmount.milliseconds(100)
        memoryCheck = pool.loop.scheduleRepeatedTask(initialDelay: pause, delay: pause) { _ in environment.value.checkMemory() }
    }

    private func checkMemory() {
        guard phase == .running, let process, let megabytes = PeakMemory.megabytes(of: process.pid) else { return }
        peakMemory = max(peakMemory, megabytes)
        guard peakMemory > pool.definition.memorySize else { return }
        isOutOfMemory = true
        kill()
    }

    private func readPeakMemory() {
        let now = NIODeadline.now()
        if let peakMemoryReadAt, now - peakMemoryReadAt < .milliseconds(20) { return }
        peakMemoryReadAt = now
        if let process, let megabytes = PeakMemory.megabytes(of: process.pid) { peakMemory = max(peakMemory, megabytes) }
    }
}
