import Glibc
import Logging
import Threads

/// Carries out what ``LoopState`` decides, on the thread that calls ``run(_:)``.
struct InvocationLoop {
    let function: LoadedFunction
    let address: RuntimeAddress
    let settings: RuntimeSettings
    let logger: Logger
    let stuck: @Sendable (ExitCode) -> Void

    func run(_ api: inout RuntimeAPI) -> ExitCode {
        var state = LoopState(settings)
        var action = LoopState.Action.poll(after: .zero)
        let watchdog = Watchdog { [self] in expired($0) }
        defer { watchdog.close() }
        let wake = WakeSignal()
        let executor = LoopExecutor(wake)
        var trace = TraceVariable()
        while true {
            switch action {
            case .poll(let pause):
                CrashReport.serving("none")
                if pause > .zero { usleep(UInt32(clamping: pause.wholeMilliseconds * 1000)) }
                action = state.polled(poll(&api))
            case .run(let invocation):
                trace.set(invocation.traceId)
                CrashReport.serving(invocation.requestId)
                let running = watched(invocation, wake)
                // Too late to begin: its handler will not run.
                if running.context.deadline.remaining <= .zero { _ = running.expire() }
                watchdog.watch(running)
                start(running, invocation.event, executor)
                let outcome = running.wait(executor)
                watchdog.forget()
                if case .failure(let error) = outcome { running.context.logger.error("The invocation failed", metadata: error.metadata) }
                action = state.handled(invocation.requestId, outcome)
            case .respond(let request, let response):
                action = posted(state, request) { () throws(NetworkError) in try api.respond(response, request: request) }
            case .report(let request, let error):
                action = posted(state, request) { () throws(NetworkError) in try api.report(error, request: request) }
            case .stop(let code):
                return code
            }
        }
    }

    private func poll(_ api: inout RuntimeAPI) -> PollResult {
        var poll: PollResult
        do throws(NetworkError) { poll = PollResult(try api.next()) } catch { poll = .failed(error) }
        switch poll {
        case .unusable(let reason): logger.warning("The Runtime API gave no invocation", metadata: ["cause": "\(reason)"])
        case .failed(let failure): logger.warning("The Runtime API did not respond", metadata: ["cause": "\(failure)"])
        case .invocation, .nothing: break
        }
        return poll
    }

    /// Runs the handler's task on this thread until it first suspends; `executor` goes on with it there.
    private func start(_ running: RunningInvocation, _ event: [UInt8], _ executor: LoopExecutor) {
        Task.immediate(executorPreference: executor) { [function] in
            guard running.begin() else { return }
            let result: Result<EncodedResponse, ErrorReport> = await Context.$current.withValue(running.context) {
                do throws(ErrorReport) { return .success(try await function.handle(event, running.context)) } catch {
                    return .failure(error)
                }
            }
            running.end(result)
        }
    }

    private func posted(
        _ state: LoopState, _ request: String, _ post: () throws(NetworkError) -> HTTPStatus
    ) -> LoopState.Action {
        do throws(NetworkError) {
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

    private func watched(_ invocation: Invocation, _ wake: WakeSignal) -> RunningInvocation {
        var deadline = invocation.deadline ?? .after(settings.assumedTime)
        var time = deadline.remaining
        // No invocation is older than the longest one: such a deadline is no time of this clock.
        if time < .zero - settings.assumedTime {
            time = settings.assumedTime
            deadline = .after(time)
        }
        let margin = settings.margin(within: max(time, .zero))
        var logger = logger
        logger[metadataKey: "requestId"] = "\(invocation.requestId)"
        if let tenant = invocation.tenantId { logger[metadataKey: "tenantId"] = "\(tenant)" }
        let context = Context(
            requestId: invocation.requestId, invokedFunctionArn: invocation.arn, deadline: deadline, cutOff: deadline.less(margin),
            traceId: invocation.traceId, clientContext: invocation.clientContext, cognitoIdentity: invocation.cognitoIdentity,
            tenantId: invocation.tenantId, logger: logger)
        return RunningInvocation(context, expiry: deadline.less(margin / 2), wake: wake)
    }

    /// On the watchdog's thread: reports over a connection of its own, because the loop's may be in use.
    private func expired(_ running: RunningInvocation) {
        let error = ErrorReport.deadline(running.context, nil)
        running.context.logger.critical("The handler went on after its cancellation", metadata: error.metadata)
        var api = RuntimeAPI(address, acknowledgement: settings.acknowledgement)
        do throws(NetworkError) { _ = try api.report(error, request: running.context.requestId) } catch {
            logger.error("The result could not be posted", metadata: ["requestId": "\(running.context.requestId)", "cause": "\(error)"])
        }
        stuck(.handlerStuck)
        running.reported()
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
