/// Limits of the execution environments.
package struct EnvironmentLimits: Sendable {
    /// The most environments of one function; further invocations wait.
    package var environmentsPerFunction = 10
    /// The most invocations of all functions that run or wait at once; further callers are throttled.
    package var concurrentInvocations = 1000
    /// Seconds after which an idle environment ends.
    package var idleSeconds = 300
    /// Seconds until a new process has to request its first event, as on Lambda.
    package var initSeconds = 10

    package init() {}
}

/// Variables, ARNs, log folder and limits of all function processes.
struct PoolSettings: Sendable {
    let variables: EnvironmentVariables
    let accountID: String
    let logFolder: String
    let limits: EnvironmentLimits

    func arn(_ function: String) -> String { "arn:aws:lambda:\(variables.region):\(accountID):function:\(function)" }
}
