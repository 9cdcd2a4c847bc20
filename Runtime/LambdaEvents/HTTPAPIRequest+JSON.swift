extension HTTPAPIRequest {
    /// The event as `JSONEncoder` would write it with sorted keys, for a gateway that makes one for each request.
    package func json() -> [UInt8] {
        var writer = JSONWriter(capacity: (body?.utf8.count ?? 0) * 5 / 4 + 2048)
        writer.object { event in
            if let body { event.member("body", body) }
            if let cookies { event.list("cookies", cookies) { $0.string($1) } }
            event.map("headers", headers)
            event.member("isBase64Encoded", isBase64Encoded)
            if let pathParameters { event.map("pathParameters", pathParameters) }
            if let queryStringParameters { event.map("queryStringParameters", queryStringParameters) }
            event.member("rawPath", rawPath)
            event.member("rawQueryString", rawQueryString)
            event.object("requestContext") { requestContext.write(to: &$0) }
            if let routeKey { event.member("routeKey", routeKey) }
            if let stageVariables { event.map("stageVariables", stageVariables) }
            event.member("version", version)
        }
        return writer.bytes
    }
}

extension HTTPAPIRequestContext {
    fileprivate func write(to context: inout JSONWriter) {
        context.member("accountId", accountId)
        context.member("apiId", apiId)
        if let authorizer { context.object("authorizer") { authorizer.write(to: &$0) } }
        context.member("domainName", domainName)
        context.member("domainPrefix", domainPrefix)
        context.object("http") {
            $0.member("method", http.method)
            $0.member("path", http.path)
            $0.member("protocol", http.protocol)
            $0.member("sourceIp", http.sourceIp)
            $0.member("userAgent", http.userAgent)
        }
        context.member("requestId", requestId)
        if let routeKey { context.member("routeKey", routeKey) }
        if let stage { context.member("stage", stage) }
        context.member("time", time)
        context.member("timeEpoch", timeEpoch)
    }
}

extension HTTPAPIRequestContext.Authorizer {
    fileprivate func write(to authorizer: inout JSONWriter) {
        if let iam { authorizer.values("iam", iam) }
        if let jwt {
            authorizer.object("jwt") {
                $0.map("claims", jwt.claims)
                if let scopes = jwt.scopes { $0.list("scopes", scopes) { $0.string($1) } }
            }
        }
        if let lambda { authorizer.values("lambda", lambda) }
    }
}

extension JSONWriter {
    /// A map in the order of its names.
    mutating func map(_ name: StaticString, _ map: [String: String]) {
        object(name) {
            for (key, value) in map.sorted(by: { $0.key < $1.key }) {
                $0.key(key)
                $0.string(value)
            }
        }
    }

    fileprivate mutating func values(_ name: StaticString, _ map: [String: JSONValue]) {
        key(name)
        value(.object(map))
    }

    private mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let bool): self.bool(bool)
        case .number(let number): self.number(number)
        case .string(let text): string(text)
        case .array(let array): list(array) { $0.value($1) }
        case .object(let object):
            self.object {
                for (name, value) in object.sorted(by: { $0.key < $1.key }) {
                    $0.key(name)
                    $0.value(value)
                }
            }
        }
    }
}
