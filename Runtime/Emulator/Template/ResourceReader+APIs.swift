import Foundation

/// An HTTP API whose routes are being collected.
struct APIDraft {
    var definition: HTTPAPIDefinition
    var defaultAuthorizer: String?
}

/// HTTP APIs, their routes and authorizers.
extension ResourceReader {
    static let implicitAPI = "ServerlessHttpApi"

    mutating func readAPI(_ id: String, _ resource: TemplateValue) throws(TemplateError) {
        let properties = TemplateValue.merge(global: globals["HttpApi"] ?? .map([:]), local: properties(resource))
        apis[id] = try draft(id, properties, "Resources.\(id).Properties")
        if properties["DefinitionBody"] != nil || properties["DefinitionUri"] != nil {
            template.notices.append("\(id): routes of an OpenAPI definition are not served, only routes of functions' events.")
        }
    }

    mutating func readRoute(
        _ event: String, _ properties: TemplateValue, _ path: String, function: String
    ) throws(TemplateError) {
        let api = try optional(properties, "ApiId", path)?.text ?? Self.implicitAPI
        if apis[api] == nil {
            guard api == Self.implicitAPI else { throw TemplateError("\(path).ApiId", "no HTTP API named \(api) in the template") }
            apis[api] = try draft(api, globals["HttpApi"] ?? .map([:]), "Globals.HttpApi")
        }
        let method = try optional(properties, "Method", path)?.text?.uppercased() ?? "ANY"
        let route = try optional(properties, "Path", path)?.text
        if let version = try optional(properties, "PayloadFormatVersion", path)?.text, version != "2.0" {
            template.notices.append("\(event): payload \(version) is not supported; the function gets 2.0.")
        }
        let named = try optional(properties["Auth"] ?? .map([:]), "Authorizer", "\(path).Auth")?.text
        let authorizer = named ?? apis[api]?.defaultAuthorizer
        if let authorizer, authorizer != "NONE", apis[api]?.definition.authorizers.contains(where: { $0.name == authorizer }) != true {
            throw TemplateError("\(path).Auth.Authorizer", "the API has no authorizer named \(authorizer)")
        }
        let timeout = Double(try integer(properties, "TimeoutInMillis", 50...30000, path) ?? 30000) / 1000
        apis[api]?.definition.routes.append(
            RouteDefinition(
                method: method == "X-AMAZON-APIGATEWAY-ANY-METHOD" ? "ANY" : method, path: route == "$default" ? nil : route,
                function: function, authorizer: authorizer == "NONE" ? nil : authorizer, timeout: timeout))
    }

    func finishedAPIs() throws(TemplateError) -> [HTTPAPIDefinition] {
        var result: [HTTPAPIDefinition] = []
        for (id, draft) in apis.sorted(by: { $0.key < $1.key }) {
            var seen: Set<String> = []
            for route in draft.definition.routes {
                let key = "\(route.method) \(route.path ?? "$default")"
                guard seen.insert(key).inserted else { throw TemplateError("Resources.\(id)", "two routes \(key)") }
            }
            result.append(draft.definition)
        }
        return result
    }

    private mutating func draft(_ id: String, _ properties: TemplateValue, _ path: String) throws(TemplateError) -> APIDraft {
        var draft = APIDraft(definition: HTTPAPIDefinition(id: id))
        guard let auth = properties["Auth"] else { return draft }
        draft.defaultAuthorizer = try optional(auth, "DefaultAuthorizer", "\(path).Auth")?.text
        for (name, authorizer) in (auth["Authorizers"]?.map ?? [:]).sorted(by: { $0.key < $1.key }) {
            draft.definition.authorizers.append(try self.authorizer(name, authorizer, "\(path).Auth.Authorizers.\(name)"))
        }
        return draft
    }

    private mutating func authorizer(
        _ name: String, _ value: TemplateValue, _ path: String
    ) throws(TemplateError) -> AuthorizerDefinition {
        guard let reference = try optional(value, "FunctionArn", path)?.text else {
            template.notices.append("\(name): only Lambda authorizers are supported; its routes reject every request.")
            return AuthorizerDefinition(name: name, function: nil, identityHeaders: ["authorization"])
        }
        if try optional(value, "AuthorizerPayloadFormatVersion", path)?.text == "1.0" {
            throw TemplateError("\(path).AuthorizerPayloadFormatVersion", "the emulator supports authorizers with payload 2.0 only")
        }
        let identity = value["Identity"] ?? .map([:])
        let headers = try optional(identity, "Headers", path)?.elements.compactMap(\.text) ?? []
        let queries = try optional(identity, "QueryStrings", path)?.elements.compactMap(\.text) ?? []
        return AuthorizerDefinition(
            name: name, function: Self.functionName(reference), identityHeaders: headers.map { $0.lowercased() }, identityQueries: queries,
            timeToLive: try integer(identity, "ReauthorizeEvery", 0...3600, "\(path).Identity") ?? 0)
    }

    private static func functionName(_ reference: String) -> String {
        guard let range = reference.range(of: ":function:") else { return reference }
        return String(reference[range.upperBound...].prefix { $0 != ":" && $0 != "/" })
    }
}
