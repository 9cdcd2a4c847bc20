package import AWS
import Foundation
import HTTPServer
import NIOCore
import NIOPosix
import Synchronization

/// The configuration of an emulated stack.
package struct StackConfiguration: Sendable {
    package var functions: [FunctionDefinition]
    /// The folder of `journal`, `lock`, `dead-letters.jsonl` and `logs/`; created when missing.
    package var stateFolder: String
    /// Loopback port of the Invoke API and the control endpoints; 0 takes any.
    package var apiPort = 0
    /// The key that requests to the API port have to be signed with; functions get it as their AWS credentials.
    package var credentials: Credentials
    package var region = "us-east-1"
    package var accountID = "000000000000"
    /// Environment variables of every function, such as endpoints; they override the template's.
    package var environment: [String: String] = [:]
    package var limits = EnvironmentLimits()
    /// The state of the virtual clock when the journal has none.
    package var initialClock: ClockState?
    /// Delivers every asynchronous event twice and in a shuffled order; for tests.
    package var faults: FaultPlan?

    package init(functions: [FunctionDefinition], stateFolder: String, credentials: Credentials) {
        self.functions = functions
        self.stateFolder = stateFolder
        self.credentials = credentials
    }
}

/// An emulated stack: functions, their invocations, the asynchronous event queue and the virtual clock.
///
/// Event sources need the stack and the stack needs its event sources, so there are two steps: create it, then call
/// `start(sources:quiescenceSources:routes:)`. End it with `stop()`.
package final class EmulatedStack: FunctionInvoker {
    package let clock: VirtualClock
    package let apiPort: Int
    package var apiURL: String { "http://127.0.0.1:\(apiPort)" }

    /// What the start found in the journal and had to change; nil when nothing.
    package let recoveryNotice: String?
    let pool: EnvironmentPool
    let queue: EventQueue
    private let journal: Journal
    private let group: MultiThreadedEventLoopGroup
    private let server: HTTPListener
    private let configuration: StackConfiguration
    private let routes: RouteTable
    private let clockDriver = Mutex<VirtualClockDriver?>(nil)

    /// Opens the state folder and the API port and recovers pending events from the journal. No event is delivered before `start`.
    package init(_ configuration: StackConfiguration) async throws {
        self.configuration = configuration
        let folder = configuration.stateFolder
        try StateFile.makePrivateFolder("\(folder)/logs")
        try StateFile.makePrivateFolder(folder)
        let opened = try await Journal.open(in: folder, clock: configuration.initialClock ?? .running())
        let recovered = opened.state
        let clock = VirtualClock(recovered.clock ?? .running())
        let routes = RouteTable(RequestGuard(configuration.credentials))
        do {
            server = try await HTTPListener.start(port: configuration.apiPort, handler: routes.handler)
        } catch {
            await opened.journal.abandon()
            throw error
        }
        if opened.tornBytes > 0 {
            recoveryNotice =
                "the last line of \(folder)/journal was incomplete, as after a power cut: its \(opened.tornBytes) bytes were removed"
        } else {
            recoveryNotice = nil
        }
        self.clock = clock
        self.routes = routes
        apiPort = server.port
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let variables = [
            "AWS_ENDPOINT_URL_LAMBDA": "http://127.0.0.1:\(server.port)", "AWS_ACCESS_KEY_ID": configuration.credentials.accessKey,
            "AWS_SECRET_ACCESS_KEY": configuration.credentials.secretKey,
        ].merging(configuration.environment) { $1 }
        let settings = PoolSettings(
            variables: EnvironmentVariables(region: configuration.region, overrides: variables), accountID: configuration.accountID,
            logFolder: "\(folder)/logs", limits: configuration.limits)
        let arn = settings.arn
        let journal = opened.journal
        let pool: EnvironmentPool
        do { pool = try await EnvironmentPool(configuration.functions, settings: settings, loop: group.next()) } catch {
            await server.stop()
            await journal.abandon()
            throw error
        }
        self.pool = pool
        self.journal = journal
        let deadLetterFile = DeadLetterFile(path: "\(folder)/dead-letters.jsonl", thread: journal.thread)
        deadLetterFile.replace(with: recovered.deadLetters)
        var concurrency: [String: Int] = [:]
        for function in configuration.functions { concurrency[function.name] = await pool.concurrency(of: function.name) }
        queue = EventQueue(
            journal: journal, recovered: recovered, clock: clock, functions: configuration.functions, concurrency: concurrency,
            deadLetterFile: deadLetterFile, faults: configuration.faults, arn: arn
        ) { event throws(InvocationError) in
            try await pool.run(
                Invocation(function: event.function, payload: event.payload, tenantID: event.tenantID, traceID: event.traceID),
                requestID: event.requestID, waitsForCapacity: true)
        }
        let functions = Dictionary(configuration.functions.map { ($0.name, $0) }) { $1 }
        routes.add(
            InvokeRoutes(
                functions: functions, arn: arn,
                run: { invocation, requestID throws(InvocationError) in
                    try await pool.run(invocation, requestID: requestID, waitsForCapacity: false)
                },
                accept: { [queue] in try await queue.accept([$0]) }
            ).routes)
    }

    /// Starts delivering events and moving the clock, and serves the extra routes beside the emulator's own endpoints.
    package func start(
        sources: [any TimedEventSource] = [], quiescenceSources: [any QuiescenceSource] = [], routes extra: [ControlRoute] = []
    ) async {
        let clockDriver = VirtualClockDriver(
            clock: clock, queue: queue, barrier: QuiescenceBarrier(queue: queue, pool: pool, sources: quiescenceSources),
            sources: sources)
        self.clockDriver.withLock { $0 = clockDriver }
        routes.add(ControlRoutes(clockDriver: clockDriver) { await self.status() }.routes + FailedEventRoutes(queue: queue).routes + extra)
        await queue.start()
        await clockDriver.start()
    }

    /// Runs a function and waits for its result, as the `RequestResponse` type of Lambda's Invoke.
    ///
    /// - Throws: `InvocationError` for an unknown function, too many concurrent invocations, or a stack that is stopping. A function's own
    ///   error is part of the result.
    package func invoke(_ invocation: Invocation) async throws(InvocationError) -> InvocationResult {
        try await pool.run(invocation, requestID: UUID().uuidString.lowercased(), waitsForCapacity: false)
    }

    /// Queues asynchronous events; returns once they are in the journal, so that a killed process delivers them when it runs again.
    package func accept(_ events: [AsyncEvent]) async throws { try await queue.accept(events) }

    /// Advances the virtual clock and holds it at `target`; joins an advance to the same target that is in progress.
    package func advance(to target: VirtualTime) async throws -> AsyncStream<AdvanceProgress> {
        guard let clockDriver = clockDriver.withLock({ $0 }) else { throw InvocationError.unavailable }
        return try await clockDriver.advance(to: target)
    }

    /// Sets the virtual clock; schedules in between do not fire.
    package func setClock(_ state: ClockState) async throws {
        guard let clockDriver = clockDriver.withLock({ $0 }) else { throw InvocationError.unavailable }
        try await clockDriver.set(state)
    }

    package func status() async -> EmulatorStatus {
        let letters = await queue.deadLetters
        let isAdvancing = await clockDriver.withLock { $0 }?.isAdvancing ?? false
        return EmulatorStatus(
            clock: .init(mode: clock.state.mode.rawValue, now: clock.now.description, isAdvancing: isAdvancing),
            queue: .init(
                depth: await queue.depth, accepted: await queue.acceptedCount, finished: await queue.finishedCount,
                deadLetters: letters.count, nextDue: await queue.nextDue?.description),
            functions: await pool.status(), problems: await problems(), deadLetters: letters.suffix(20))
    }

    private func problems() async -> [String] {
        var problems = [recoveryNotice, await journal.problem?.description].compactMap { $0 }
        if await pool.isLogDiskFull() {
            problems.append("the disk is full, and log lines are lost: free some space in \(configuration.stateFolder)/logs")
        }
        return problems
    }

    /// Rejects new invocations, ends every function process and closes the journal, which has the pending events for the next start.
    package func stop() async throws {
        await halt()
        let closed: Result<Void, any Error>
        do { closed = .success(try await journal.close()) } catch { closed = .failure(error) }
        try await group.shutdownGracefully()
        try closed.get()
    }

    /// Ends as after `kill -9`: records that wait for the disk are lost. For tests of the recovery.
    package func abandon() async throws {
        await journal.abandon()
        await halt()
        try await group.shutdownGracefully()
    }

    private func halt() async {
        await queue.stop()
        await clockDriver.withLock { $0 }?.stop()
        await pool.stop()
        await server.stop()
    }
}
