/// One Lambda function as `template.yaml` describes it, with parameters and intrinsic functions already resolved.
package struct FunctionDefinition: Sendable, Hashable {
    /// `FunctionName` when the template gives one, else the logical id.
    package var name: String
    package var logicalID: String
    /// Becomes `_HANDLER`.
    package var handler: String
    /// The folder that holds the executable `bootstrap`; becomes `LAMBDA_TASK_ROOT`.
    package var codePath: String
    /// Seconds, 1…900.
    package var timeout: Int
    /// Megabytes. A process that holds more while it works is ended.
    package var memorySize: Int
    package var environment: [String: String]
    /// `nil` shares the unreserved pool; 0 throttles every invocation.
    package var reservedConcurrency: Int?
    /// Retries of an asynchronous invocation after a function error (Lambda's default: 2).
    package var maximumRetryAttempts: Int
    /// Seconds an asynchronous event may wait before it is given up (Lambda's default: 6 hours).
    package var maximumEventAge: Int
    /// Where an asynchronous event goes that was given up.
    package var onFailure: Destination?

    /// The target of a `DestinationConfig`.
    package struct Destination: Sendable, Hashable {
        package var arn: String
        /// The function's name when it is one of the template's; anything else cannot run here, so that the record is kept as a dead letter.
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
