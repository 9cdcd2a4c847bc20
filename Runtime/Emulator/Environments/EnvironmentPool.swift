import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// All environments of all functions. Everything behind this type lives on one event loop, whose thread is also the processes' parent.
final class EnvironmentPool: Sendable {
    static let payloadLimit = 6 * 1024 * 1024

    private let loop: any EventLoop
    private let core: NIOLoopBound<PoolCore>
    private let isStopped = Atomic(false)

    init(_ functions: [FunctionDefinition], settings: PoolSettings, loop: any EventLoop) async throws {
        self.loop = loop
        core = try await loop.submit {
            NIOLoopBound(PoolCore(functions, settings: settings, loop: loop), eventLoop: loop)
        }.get()
    }

    /// Runs one invocation to its end. A patient one waits where a caller would be throttled.
    func run(_ invocation: Invocation, requestID: String, waitsForCapacity: Bool) async throws(InvocationError) -> InvocationResult {
        guard invocation.payload.count <= Self.payloadLimit else { throw .payloadTooLarge(limit: Self.payloadLimit) }
        guard !isStopped.load(ordering: .acquiring) else { throw .unavailable }
        let result: Result<InvocationResult, InvocationError> = await withCheckedContinuation { continuation in
            let job = InvocationJob(requestID: requestID, invocation: invocation, waitsForCapacity: waitsForCapacity) {
                continuation.resume(returning: $0)
            }
            loop.execute { [core] in core.value.submit(job) }
        }
        return try result.get()
    }

    /// Returns when no invocation runs or waits.
    func rest() async {
        guard !isStopped.load(ordering: .acquiring) else { return }
        await withCheckedContinuation { continuation in
            loop.execute { [core] in core.value.whenResting { continuation.resume() } }
        }
    }

    func status() async -> [FunctionStatus] { await read([]) { $0.status } }

    /// Invocations handed out or refused since the start.
    func submissions() async -> Int { await read(0) { $0.submissions } }

    /// The most asynchronous invocations of a function that are worth handing over at once.
    func width(of function: String) async -> Int { await read(1) { max(1, $0.pools[function]?.limit ?? 1) } }

    private func read<T: Sendable>(_ afterStop: T, _ body: @escaping @Sendable (PoolCore) -> T) async -> T {
        guard !isStopped.load(ordering: .acquiring) else { return afterStop }
        return await withCheckedContinuation { continuation in
            loop.execute { [core] in continuation.resume(returning: body(core.value)) }
        }
    }

    /// Refuses what waits, ends every process and returns when the last one is gone. The loop may be shut down then.
    func stop() async {
        await withCheckedContinuation { continuation in
            loop.execute { [core] in core.value.stop { continuation.resume() } }
        }
        isStopped.store(true, ordering: .releasing)
        await withCheckedContinuation { continuation in loop.execute { continuation.resume() } }
    }
}

/// The pools of all functions. Bound to the event loop.
final class PoolCore {
    private(set) var pools: [String: FunctionPool] = [:]
    private(set) var submissions = 0
    private let limits: EnvironmentLimits
    private let loop: any EventLoop
    private var restWaiters: [() -> Void] = []
    private var stopWaiter: (() -> Void)?
    private var reaper: RepeatedTask?

    init(_ functions: [FunctionDefinition], settings: PoolSettings, loop: any EventLoop) {
        limits = settings.limits
        self.loop = loop
        let day = Date.now.formatted(.iso8601.year().month().day().dateSeparator(.dash)).replacing("-", with: "/")
        let logStreamPrefix = "\(day)/[$LATEST]\(UUID().uuidString.lowercased().replacing("-", with: "").prefix(26))"
        for function in functions {
            pools[function.name] = FunctionPool(
                function, arn: settings.arn(function.name), loop: loop,
                log: LogFile(path: "\(settings.logFolder)/\(function.name).log", loop: loop), variables: settings.variables,
                logStreamPrefix: logStreamPrefix, limits: settings.limits
            ) { [unowned self] in rested() }
        }
        let bound = NIOLoopBound(self, eventLoop: loop)
        let pause = TimeAmount.seconds(Int64(min(5, max(1, limits.idleSeconds))))
        reaper = loop.scheduleRepeatedTask(initialDelay: pause, delay: pause) { _ in bound.value.reap() }
    }

    func submit(_ job: InvocationJob) {
        submissions += 1
        guard let pool = pools[job.invocation.function] else { return job.finish(.failure(.unknownFunction(job.invocation.function))) }
        if !job.waitsForCapacity, pools.values.reduce(0, { $0 + $1.running + $1.waitingCount }) >= limits.concurrentInvocations {
            return job.finish(.failure(.throttled(job.invocation.function)))
        }
        pool.submit(job)
    }

    var status: [FunctionStatus] {
        pools.values.sorted { $0.definition.name < $1.definition.name }.map {
            FunctionStatus(
                name: $0.definition.name, handler: $0.definition.handler, environments: $0.environments.count, running: $0.running,
                waiting: $0.waitingCount, invocations: $0.invocations, coldStarts: $0.coldStarts, peakMemory: $0.peakMemory)
        }
    }

    func whenResting(_ body: @escaping () -> Void) {
        restWaiters.append(body)
        rested()
    }

    func stop(_ done: @escaping () -> Void) {
        stopWaiter = done
        reaper?.cancel()
        for pool in pools.values { pool.stop() }
        rested()
    }

    private func rested() {
        if let stopWaiter, pools.values.allSatisfy({ $0.environments.isEmpty }) {
            self.stopWaiter = nil
            stopWaiter()
        }
        guard !restWaiters.isEmpty, pools.values.allSatisfy({ $0.isQuiet }) else { return }
        let waiters = restWaiters
        restWaiters = []
        for waiter in waiters { waiter() }
    }

    private func reap() {
        let deadline = NIODeadline.now() - .seconds(Int64(limits.idleSeconds))
        for pool in pools.values { pool.reap(idleSince: deadline) }
    }
}
