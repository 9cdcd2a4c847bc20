import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// The execution environments of all functions. Their state is bound to one event loop, whose thread is the parent of the processes.
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

    /// Runs one invocation to its end.
    ///
    /// - Parameter waitsForCapacity: wait for a free environment instead of throwing `throttled`.
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
    func waitUntilIdle() async {
        guard !isStopped.load(ordering: .acquiring) else { return }
        await withCheckedContinuation { continuation in
            loop.execute { [core] in core.value.whenIdle { continuation.resume() } }
        }
    }

    func status() async -> [FunctionStatus] { await read([]) { $0.status } }

    /// Whether log lines are lost because the disk is full.
    func isLogDiskFull() async -> Bool { await read(false) { $0.pools.values.contains(where: \.log.isDiskFull) } }

    /// Invocations since the start, rejected ones included.
    func submissions() async -> Int { await read(0) { $0.submissions } }

    /// The most asynchronous invocations of a function that can run at once.
    func concurrency(of function: String) async -> Int { await read(1) { max(1, $0.pools[function]?.limit ?? 1) } }

    private func read<T: Sendable>(_ afterStop: T, _ body: @escaping @Sendable (PoolCore) -> T) async -> T {
        guard !isStopped.load(ordering: .acquiring) else { return afterStop }
        return await withCheckedContinuation { continuation in
            loop.execute { [core] in continuation.resume(returning: body(core.value)) }
        }
    }

    /// Rejects waiting invocations, ends every process and returns when the last process is gone. The event loop may be shut down then.
    func stop() async {
        await withCheckedContinuation { continuation in
            loop.execute { [core] in core.value.stop { continuation.resume() } }
        }
        isStopped.store(true, ordering: .releasing)
        await ProcessOutput.waitForEvents()
        await withCheckedContinuation { continuation in loop.execute { continuation.resume() } }
    }
}

/// The function pools on their event loop.
final class PoolCore {
    private(set) var pools: [String: FunctionPool] = [:]
    private(set) var submissions = 0
    private let limits: EnvironmentLimits
    private let loop: any EventLoop
    private var idleWaiters: [() -> Void] = []
    private var stopWaiter: (() -> Void)?
    private var idleCheck: RepeatedTask?

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
            ) { [unowned self] in checkWaiters() }
        }
        let bound = NIOLoopBound(self, eventLoop: loop)
        let pause = TimeAmount.seconds(Int64(min(5, max(1, limits.idleSeconds))))
        idleCheck = loop.scheduleRepeatedTask(initialDelay: pause, delay: pause) { _ in bound.value.endIdle() }
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

    func whenIdle(_ body: @escaping () -> Void) {
        idleWaiters.append(body)
        checkWaiters()
    }

    func stop(_ done: @escaping () -> Void) {
        stopWaiter = done
        idleCheck?.cancel()
        for pool in pools.values { pool.stop() }
        checkWaiters()
    }

    private func checkWaiters() {
        if let stopWaiter, pools.values.allSatisfy({ $0.environments.isEmpty }) {
            self.stopWaiter = nil
            stopWaiter()
        }
        guard !idleWaiters.isEmpty, pools.values.allSatisfy({ $0.isIdle }) else { return }
        let waiters = idleWaiters
        idleWaiters = []
        for waiter in waiters { waiter() }
    }

    private func endIdle() {
        let deadline = NIODeadline.now() - .seconds(Int64(limits.idleSeconds))
        for pool in pools.values { pool.endIdle(idleSince: deadline) }
    }
}
