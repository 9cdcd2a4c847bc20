/// One Lambda function as `template.yaml` describes it, with parameters and intrinsic functions already resolved.
package struct FunctionDefinition: Sendable, Hashable {
    /// `FunctionName` when the template gives one, else the logical id.
    package var name: String
    package var logicalID: String
    /// The value of `_HANDLER`.
    package var handler: String
    /// The folder of the executable `bootstrap`; the value of `LAMBDA_TASK_ROOT`.
    package var codePath: String
    /// Seconds, 1…900.
    package var timeout: Int
    /// Megabytes. A process that uses more during an invocation is killed.
    package var memorySize: Int
    package var environment: [String: String]
    /// `nil` shares the unreserved pool; 0 throttles every invocation.
    package var reservedConcurrency: Int?
    /// Retries of an asynchronous invocation after a function error (Lambda's default: 2).
    package var maximumRetryAttempts: Int
    /// Seconds after which an asynchronous event is no longer retried (Lambda's default: 6 hours).
    package var maximumEventAge: Int
    /// The destination for asynchronous events whose retries are exhausted.
    package var onFailure: Destination?

    /// The `OnFailure` destination of a `DestinationConfig`.
    package struct Destination: Sendable, Hashable {
        package var arn: String
        /// The name of the template's function with this ARN; nil for other destinations, whose records are stored as dead letters.
        package var function: String?

        package init(arn: String, function: String? = nil) {
            self.arn = arn
            self.function = function
        }
    }

    package init(
        name: String, logicalID: String, handler: String, codePath: String, timeout: Int = 3, memorySize: Int = 128,
        environment: [String: String] = [:], reservedConcurrency: Int? = nil, maximumRetryAttempts: Int = 2, maximumEventAge: Int = 21600,
        onFailure: Destination? = nil
    ) {
        self.name = name
        self.logicalID = logicalID
        self.handler = handler
        self.codePath = codePath
        self.timeout = timeout
        self.memorySize = memorySize
        self.environment = environment
        self.reservedConcurrency = reservedConcurrency
        self.maximumRetryAttempts = maximumRetryAttempts
        self.maximumEventAge = maximumEventAge
        self.onFailure = onFailure
    }
}
