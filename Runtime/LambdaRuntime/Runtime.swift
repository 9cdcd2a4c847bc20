import FoundationEssentials
import Glibc
package import Logging

/// The loop that polls Lambda's Runtime API for events and passes them to one function.
package enum Runtime {
    /// Runs the function that `_HANDLER` names until the process ends. The last statement of `main.swift`.
    ///
    /// Installs the log handler for swift-log and keeps the calling thread for itself.
    package static func main(_ functions: [String: any Function.Type]) -> Never {
        let environment = ProcessInfo.processInfo.environment
        LogOutput.install(environment)
        CrashReport.install()
        leave(run(functions, environment: environment))
    }

    /// The same for a caller that wants the exit code back, such as a test. Blocks the calling thread, which must not belong to Swift's pool.
    ///
    /// - Parameter stuck: called on another thread when a handler does not end although it was cancelled and its error has been posted.
    package static func run(
        _ functions: [String: any Function.Type], environment: [String: String], settings: RuntimeSettings? = nil,
        logger: Logger = Logger(label: "runtime"), stuck: @escaping @Sendable (ExitCode) -> Void = { leave($0) }
    ) -> ExitCode {
        guard let text = environment["AWS_LAMBDA_RUNTIME_API"], let address = RuntimeAddress(text) else {
            logger.critical("AWS_LAMBDA_RUNTIME_API must hold the address of Lambda's Runtime API, such as 127.0.0.1:9001")
            return .noRuntimeAPI
        }
        let settings = settings ?? RuntimeSettings(environment)
        var api = RuntimeAPI(address, acknowledgement: settings.acknowledgement)
        do {
            let function = try LoadedFunction.load(environment["_HANDLER"] ?? "", of: functions, environment)
            let loop = InvocationLoop(function: function, address: address, settings: settings, logger: logger, stuck: stuck)
            return loop.run(&api)
        } catch {
            logger.critical("The function did not start", metadata: error.metadata)
            do throws(NetworkError) {
                _ = try api.report(error, request: nil)
            } catch {
                logger.error("The init error could not be posted", metadata: ["cause": "\(error)"])
            }
            return .initFailed
        }
    }

    private static func leave(_ code: ExitCode) -> Never {
        fflush(nil)
        _exit(code.rawValue)
    }
}
