import DequeModule
import NIOCore

/// The execution environments of one function and the invocations that wait for them. Bound to the pool's event loop.
final class FunctionPool {
    /// Why a process ended before it requested its first event.
    enum InitFailure {
        case entrypoint(String)
        case initError([UInt8])
        case initTimeout
        case exit(ExitStatus)
    }

    let definition: FunctionDefinition
    let arn: String
    let loop: any EventLoop
    let log: LogFile
    let variables: EnvironmentVariables
    let logStreamPrefix: String
    let limit: Int
    private(set) var environments: [ExecutionEnvironment] = []
    private(set) var invocations = 0
    private(set) var coldStarts = 0
    private var idle: [ExecutionEnvironment] = []
    /// Synchronous invocations, oldest first; they run before the queued ones.
    private var waiting: Deque<InvocationJob> = []
    /// Deliveries of the event queue, oldest first.
    private var queued: Deque<InvocationJob> = []
    private let initLimit: TimeAmount
    private var isStopping = false
    private let didBecomeIdle: () -> Void

    init(
        _ definition: FunctionDefinition, arn: String, loop: any EventLoop, log: LogFile, variables: EnvironmentVariables,
        logStreamPrefix: String, limits: EnvironmentLimits, didBecomeIdle: @escaping () -> Void
    ) {
        self.definition = definition
        self.arn = arn
        self.loop = loop
        self.log = log
        self.variables = variables
        self.logStreamPrefix = logStreamPrefix
        self.didBecomeIdle = didBecomeIdle
        initLimit = .seconds(Int64(limits.initSeconds))
        limit = min(definition.reservedConcurrency ?? limits.environmentsPerFunction, limits.environmentsPerFunction)
    }

    var running: Int { environments.count { $0.phase == .running } }
    var waitingCount: Int { waiting.count + queued.count }
    var isIdle: Bool { waitingCount == 0 && !environments.contains { $0.phase == .running || $0.phase == .draining } }
    var peakMemory: Int { environments.map(\.peakMemory).max() ?? 0 }

    func submit(_ job: InvocationJob) {
        guard !isStopping else { return job.finish(.failure(.unavailable)) }
        if let reserved = definition.reservedConcurrency, reserved == 0 || !job.waitsForCapacity && running + waiting.count >= reserved {
            return job.finish(.failure(.throttled(definition.name)))
        }
        if let environment = idle.popLast() {
            invocations += 1
            return environment.run(job)
        }
        if job.waitsForCapacity { queued.append(job) } else { waiting.append(job) }
        grow()
    }

    /// Starts environments for the waiting invocations, minus the environments that are about to be free.
    private func grow(countingDraining: Bool = true) {
        guard !isStopping else { return }
        let draining = environments.count { $0.phase == .draining }
        let starting = environments.count { $0.phase == .starting }
        let missing = waitingCount - starting - (countingDraining ? draining : 0)
        for _ in 0..<max(0, min(missing, limit - environments.count)) { start(limit: initLimit) }
        if countingDraining, draining > 0, waitingCount > 0 {
            loop.assumeIsolated().scheduleTask(in: .milliseconds(20)) { [weak self] in self?.grow(countingDraining: false) }
        }
    }

    private func start(limit: TimeAmount) {
        coldStarts += 1
        let environment = ExecutionEnvironment(number: coldStarts, pool: self)
        environments.append(environment)
        environment.start(limit: limit)
    }

    private func takeWaiting() -> InvocationJob? { waiting.popFirst() ?? queued.popFirst() }

    /// Gives an environment that requests an event the next waiting invocation.
    func becameFree(_ environment: ExecutionEnvironment) {
        if let job = takeWaiting() {
            invocations += 1
            environment.run(job)
        } else {
            idle.append(environment)
            didBecomeIdle()
        }
    }

    /// Handles an idle process that closed its connection: it is ending, or will request an event again.
    func lostPoll(_ environment: ExecutionEnvironment) {
        idle.removeAll { $0 === environment }
        environment.phase = .draining
        loop.assumeIsolated().scheduleTask(in: .seconds(5)) { [weak environment] in
            if let environment, environment.phase == .draining, environment.job == nil { environment.kill() }
        }
    }

    func ended(_ environment: ExecutionEnvironment) {
        remove(environment)
        grow()
        didBecomeIdle()
    }

    /// Handles an environment that ended before its first event: the oldest waiting invocation fails with the reason.
    func initFailed(_ environment: ExecutionEnvironment, _ failure: InitFailure) {
        remove(environment)
        if case .initTimeout = failure, !environment.isSuppressedInit, waitingCount > 0 {
            start(limit: .seconds(Int64(definition.timeout)))
            environments.last?.isSuppressedInit = true
        } else if let job = takeWaiting() {
            let payload =
                switch failure {
                case .entrypoint(let reason): InvocationErrorBody.invalidEntrypoint(job.requestID, reason)
                case .initError(let body): body
                case .initTimeout: InvocationErrorBody.timedOut(job.requestID, after: definition.timeout)
                case .exit(let status): InvocationErrorBody.exited(job.requestID, status)
                }
            job.fail(payload, log: environment.tail.take())
        }
        grow()
        didBecomeIdle()
    }

    private func remove(_ environment: ExecutionEnvironment) {
        environments.removeAll { $0 === environment }
        idle.removeAll { $0 === environment }
    }

    /// Ends environments that have been idle since before `deadline`.
    func endIdle(idleSince deadline: NIODeadline) {
        let old = idle.filter { $0.idleSince < deadline }
        idle.removeAll { $0.idleSince < deadline }
        for environment in old { environment.retire() }
    }

    func stop() {
        isStopping = true
        while let job = takeWaiting() { job.finish(.failure(.unavailable)) }
        idle.removeAll()
        for environment in environments {
            environment.job?.finish(.failure(.unavailable))
            environment.job = nil
            environment.retire()
        }
        log.flush()
    }
}
