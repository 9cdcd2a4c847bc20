import Foundation

/// The functions, APIs, schedules and buckets of a SAM template, with all parameters and intrinsic functions resolved.
package struct Template: Sendable {
    package var functions: [FunctionDefinition] = []
    /// The HTTP APIs; `HttpApi` events without an API belong to `ServerlessHttpApi`.
    package var apis: [HTTPAPIDefinition] = []
    package var schedules: [ScheduleDefinition] = []
    package var notifications: [BucketNotification] = []
    /// Physical names of the buckets that the template creates.
    package var buckets: [String] = []
    /// The buckets with versioning.
    package var versionedBuckets: Set<String> = []
    /// One line for each part of the template that is not emulated.
    package var notices: [String] = []
    /// The value of each parameter as text; lists joined by commas.
    package var parameters: [String: String] = [:]
}

extension Template {
    /// Reads a template file.
    ///
    /// - Parameters:
    ///   - overrides: parameter values in place of the template's defaults. Undeclared parameters are ignored with a notice.
    ///   - folder: the base of relative code paths; the template's own folder when `nil`.
    package static func load(
        file: String, overrides: [String: String] = [:], folder: String? = nil, stack: String = "local"
    ) throws(TemplateError) -> Template {
        let folder = folder ?? URL(fileURLWithPath: file).deletingLastPathComponent().path
        return try load(text: text(of: file), overrides: overrides, folder: folder, stack: stack)
    }

    /// The parameters that a template file declares, by name.
    package static func parameters(file: String) throws(TemplateError) -> [String: TemplateParameter] {
        declarations(in: try TemplateParser.parse(text(of: file)))
    }

    private static func declarations(in root: TemplateValue) -> [String: TemplateParameter] {
        let declared = root["Parameters"]?.map ?? [:]
        return Dictionary(uniqueKeysWithValues: declared.map { ($0, TemplateParameter($0, $1)) })
    }

    private static func text(of file: String) throws(TemplateError) -> String {
        do {
            return try String(contentsOfFile: file, encoding: .utf8)
        } catch {
            throw TemplateError("", "cannot read \(file): \(error.localizedDescription)")
        }
    }

    /// Reads a template's text. The parameters are as for a file.
    package static func load(
        text: String, overrides: [String: String] = [:], folder: String, stack: String = "local"
    ) throws(TemplateError) -> Template {
        let root = try TemplateParser.parse(text)
        var template = Template()
        var parameters: [String: TemplateValue] = [:]
        for name in ["AccountId", "NotificationARNs", "Partition", "Region", "StackId", "StackName", "URLSuffix"] {
            parameters["AWS::" + name] = PseudoParameter.value("AWS::" + name, stack: stack)
        }
        let declared = declarations(in: root)
        for (name, parameter) in declared.sorted(by: { $0.key < $1.key }) {
            let value = try parameter.value(overrides[name])
            parameters[name] = value
            template.parameters[name] = value.elements.compactMap(\.text).joined(separator: ",")
        }
        for name in overrides.keys.sorted() where declared[name] == nil {
            template.notices.append("Parameter \(name) was given but the template does not declare it.")
        }
        guard let resources = root["Resources"]?.map else { throw TemplateError("Resources", "the template has none") }
        let conditions = root["Conditions"]?.map ?? [:]
        let mappings = root["Mappings"] ?? .map([:])
        let all = IntrinsicResolver(parameters: parameters, conditions: conditions, mappings: mappings, resources: resources)
        var existing: [String: TemplateValue] = [:]
        for (name, resource) in resources {
            if let condition = resource["Condition"]?.text, try !all.isConditionTrue(condition, "Resources.\(name).Condition") { continue }
            existing[name] = resource
        }
        var reader = ResourceReader(resolver: all, globals: root["Globals"] ?? .map([:]), folder: folder, template: template)
        try reader.read(existing)
        return reader.template
    }
}

/// An HTTP API: routes and authorizers.
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

/// A route of an HTTP API.
package struct RouteDefinition: Sendable, Hashable {
    /// Upper case; `ANY` for all.
    package var method: String
    /// Such as `/v1/bars/{symbol}` or `/assets/{proxy+}`; `nil` is the `$default` route.
    package var path: String?
    /// The function's name.
    package var function: String
    /// The name of the route's authorizer; `nil` allows every request.
    package var authorizer: String?
    /// Seconds until the gateway responds with 503, at most 30.
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
    /// The function's name; `nil` for other authorizers (JWT), which reject every request.
    package var function: String?
    /// Required headers, lower case. Without them the response is 401 and the authorizer is not invoked.
    package var identityHeaders: [String]
    package var identityQueries: [String]
    /// Seconds for which a decision is cached; 0 invokes the authorizer for each request.
    package var timeToLive: Int

    package init(name: String, function: String?, identityHeaders: [String], identityQueries: [String] = [], timeToLive: Int = 0) {
        self.name = name
        self.function = function
        self.identityHeaders = identityHeaders
        self.identityQueries = identityQueries
        self.timeToLive = timeToLive
    }
}

/// A schedule and the function it invokes.
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

/// A bucket's notification: new objects that match it are events of a function.
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
