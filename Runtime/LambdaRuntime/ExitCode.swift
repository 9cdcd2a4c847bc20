/// Why the process ends. Lambda shows every one as `Runtime.ExitError`, so the log line before it matters.
package struct ExitCode: Sendable, Hashable {
    package let rawValue: Int32

    /// The function's `init` failed or `_HANDLER` names no function; the error has been posted.
    package static let initFailed = ExitCode(rawValue: 1)
    /// The Runtime API refuses connections: the process that started this one is gone.
    package static let runtimeAPIGone = ExitCode(rawValue: 69)
    /// The handler went on after its task was cancelled; the error has been posted.
    package static let handlerStuck = ExitCode(rawValue: 70)
    /// The Runtime API failed to give an invocation, several times in a row.
    package static let runtimeAPIBroken = ExitCode(rawValue: 76)
    /// `AWS_LAMBDA_RUNTIME_API` is missing or is no address.
    package static let noRuntimeAPI = ExitCode(rawValue: 78)
}
