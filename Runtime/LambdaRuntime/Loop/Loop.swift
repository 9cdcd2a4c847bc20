import Glibc
import Logging

/// Carries out what ``LoopState`` decides, on the thread that calls ``run(_:)``.
struct Loop {
    let function: LoadedFunction
    let address: RuntimeAddress
    let settings: Settings
    let logger: Logger
    let stuck: @Sendable (ExitCode) -> Void

    func run(_ api: inout RuntimeAPI) -> ExitCode {
        var state = LoopState(settings)
        var action = LoopState.Action.poll(after: .zero)
        let watchdog = Watchdog { [self] in expired($0) }
        defer { watchdog.close() }
        let bell = Bell()
        let executor = LoopExecutor(bell)
        var trace = TraceVariable()
        while true {
            switch action {
            case .poll(let pause):
                if pause > .zero { usleep(UInt32(clamping: pause.wholeMilliseconds * 1000)) }
                action = state.polled(poll(&api))
            case .run(let invocation):
                trace.set(invocation.traceId)
                CrashReport.serving(invocation.requestId)
                let turn = turn(invocation, bell)
                watchdog.watch(turn)
                start(turn, invocation.event, executor)
                let outcome = turn.wait(executor)
                watchdog.forget()
                if case .failure(let error) = outcome { turn.context.logger.error("The invocation failed", metadata: error.metadata) }
                action = state.handled(invocation.requestId, outcome)
            case .respond(let request, let answer):
                action = posted(state, request) { () throws(NetworkFailure) in try api.respond(answer, request: request) }
            case .report(let request, let error):
                action = posted(state, request) { () throws(NetworkFailure) in try api.report(error, request: request) }
            case .stop(let code):
                return code
            }
        }
    }

    private func poll(_ api: inout RuntimeAPI) -> Poll {
        var poll: Poll
        do throws(NetworkFailure) { poll = Poll(try api.next()) } catch { poll = .failed(error) }
        switch poll {
        case .unusable(let reason): logger.warning("The Runtime API gave no invocation", metadata: ["cause": "\(reason)"])
        case .failed(let failure): logger.warning("The Runtime API did not answer", metadata: ["cause": "\(failure)"])
        case .invocation, .nothing: break
        }
        return poll
    }

    /// Runs the handler's task on this thread until it first suspends; `executor` goes on with it there.
    private func start(_ turn: Turn, _ event: [UInt8], _ executor: LoopExecutor) {
        Task.immediate(executorPreference: executor) { [function] in
            turn.begin()
            let result: Result<Answer, ErrorReport> = await Context.$current.withValue(turn.context) {
                do throws(ErrorReport) { return .success(try await function.handle(event, turn.context)) } catch { return .failure(error) }
            }
            turn.end(result)
        }
    }

    private func posted(
        _ state: LoopState, _ request: String, _ post: () throws(NetworkFailure) -> Status
    ) -> LoopState.Action {
        do throws(NetworkFailure) {
            let status = try post()
            if !status.isSuccess {
                logger.warning("The Runtime API did not take the result", metadata: ["requestId": "\(request)", "status": "\(status)"])
            }
            return state.posted()
        } catch {
            logger.error("The result could not be posted", metadata: ["requestId": "\(request)", "cause": "\(error)"])
            return state.notPosted(error)
        }
    }

    private func turn(_ invocation: Invocation, _ bell: Bell) -> Turn {
        var deadline = invocation.deadline ?? .after(settings.assumedTime)
        var time = deadline.remaining
        if time <= .zero {
            time = settings.assumedTime
            deadline = .after(time)
        }
        let margin = settings.margin(within: time)
        var logger = logger
        logger[metadataKey: "requestId"] = "\(invocation.requestId)"
        if let tenant = invocation.tenantId { logger[metadataKey: "tenantId"] = "\(tenant)" }
        let context = Context(
            requestId: invocation.requestId, invokedFunctionArn: invocation.arn, deadline: deadline, cutOff: deadline.less(margin),
            traceId: invocation.traceId, clientContext: invocation.clientContext, cognitoIdentity: invocation.cognitoIdentity,
            tenantId: invocation.tenantId, logger: logger)
        return Turn(context, expiry: deadline.less(margin / 2), bell: bell)
    }

    /// On the watchdog's thread: reports over a connection of its own, because the loop's may be in use.
    private func expired(_ turn: Turn) {
        let error = ErrorReport.deadline(turn.context, nil)
        turn.context.logger.critical("The handler went on after its cancellation", metadata: error.metadata)
        var api = RuntimeAPI(address, acknowledgement: settings.acknowledgement)
        do throws(NetworkFailure) { _ = try api.report(error, request: turn.context.requestId) } catch {
            logger.error("The result could not be posted", metadata: ["requestId": "\(turn.context.requestId)", "cause": "\(error)"])
        }
        stuck(.handlerStuck)
        turn.reported()
    }
}

/// `_X_AMZN_TRACE_ID`, which is changed only between invocations because the environment belongs to all threads.
private struct TraceVariable {
    private var last: String?
    private var known = false

    mutating func set(_ trace: String?) {
        guard !known || trace != last else { return }
        known = true
        last = trace
        if let trace { setenv("_X_AMZN_TRACE_ID", trace, 1) } else { unsetenv("_X_AMZN_TRACE_ID") }
    }
}
