/// What a SAM template asks of the emulator, with every parameter and intrinsic function resolved.
package struct Template: Sendable {
    package var functions: [FunctionDefinition] = []
    /// The template's HTTP APIs; one with `HttpApi` events that name no API is called `ServerlessHttpApi`.
    package var apis: [HTTPAPIDefinition] = []
    package var schedules: [ScheduleDefinition] = []
    package var notifications: [BucketNotification] = []
    /// Physical names of the buckets that the template creates.
    package var buckets: [String] = []
    /// Those of them that keep every version of an object.
    package var versionedBuckets: Set<String> = []
    /// What the template has and the emulator leaves out, one line each.
    package var notices: [String] = []
    /// The value of each parameter as text; lists joined by commas.
    package var parameters: [String: String] = [:]
}

/// An HTTP API: its routes, and who may use them.
package struct HTTPAPIDefinition: Sendable, Hashable {
    package var id: String
    package var routes: [RouteDefinition] = []
    package var authorizers: [AuthorizerDefinition] = []

    package init(id: String, routes: [RouteDefinition] = [], authorizers: [AuthorizerDefinition] = []) {
        self.id = id
        self.routes = routes
        self.authorizers = authorizers
    }
}

package struct RouteDefinition: Sendable, Hashable {
    /// Upper case; `ANY` for all.
    package var method: String
    /// Such as `/v1/bars/{symbol}` or `/assets/{proxy+}`; `nil` is the `$default` route.
    package var path: String?
    /// The function's name.
    package var function: String
    /// Name of one of the API's authorizers; `nil` lets everyone in.
    package var authorizer: String?
    /// Seconds until the gateway gives up, at most 30.
    package var timeout: Double

    package init(method: String, path: String?, function: String, authorizer: String? = nil, timeout: Double = 30) {
        self.method = method
        self.path = path
        self.function = function
        self.authorizer = authorizer
        self.timeout = timeout
    }
}

/// A Lambda authorizer with payload 2.0.
package struct AuthorizerDefinition: Sendable, Hashable {
    package var name: String
    /// The function's name; `nil` for a kind that the emulator cannot ask (JWT), which then lets nobody in.
    package var function: String?
    /// Header names, lower case. All must be there, or the answer is 401 without asking.
    package var identityHeaders: [String]
    package var identityQueries: [String]
    /// Seconds for which an answer is kept; 0 asks every time.
    package var timeToLive: Int

    package init(name: String, function: String?, identityHeaders: [String], identityQueries: [String] = [], timeToLive: Int = 0) {
        self.name = name
        self.function = function
        self.identityHeaders = identityHeaders
        self.identityQueries = identityQueries
        self.timeToLive = timeToLive
    }
}

package struct ScheduleDefinition: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// EventBridge Scheduler (`ScheduleV2`): `Input` with placeholders.
        case scheduler
        /// An EventBridge rule (`Schedule`): UTC only, `Input` verbatim.
        case rule
    }

    package var name: String
    package var kind: Kind
    /// `cron(…)`, `rate(…)` or `at(…)`.
    package var expression: String
    package var timeZone: String
    package var input: String?
    /// The function's name.
    package var function: String
    package var isEnabled: Bool

    package init(
        name: String, kind: Kind = .scheduler, expression: String, timeZone: String = "UTC", input: String? = nil, function: String,
        isEnabled: Bool = true
    ) {
        self.name = name
        self.kind = kind
        self.expression = expression
        self.timeZone = timeZone
        self.input = input
        self.function = function
        self.isEnabled = isEnabled
    }
}

/// Which new objects of a bucket are events of which function.
package struct BucketNotification: Sendable, Hashable {
    package var id: String
    package var bucket: String
    package var function: String
    /// Such as `s3:ObjectCreated:*`.
    package var events: [String]
    package var prefix: String
    package var suffix: String

    package init(
        id: String, bucket: String, function: String, events: [String] = ["s3:ObjectCreated:*"], prefix: String = "", suffix: String = ""
    ) {
        self.id = id
        self.bucket = bucket
        self.function = function
        self.events = events
        self.prefix = prefix
        self.suffix = suffix
    }
}
