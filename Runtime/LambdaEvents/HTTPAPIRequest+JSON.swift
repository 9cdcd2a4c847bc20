import Formats

extension HTTPAPIRequest {
    /// Reads the usual form in a fraction of the decoder's time; nil for any other, which `init(from:)` may still take: an authorizer
    /// whose context is not text, a used member that is null.
    package init?(reading bytes: [UInt8]) {
        do throws(JSONReader.Malformed) {
            self = try JSONReader.read(bytes) { (reader) throws(JSONReader.Malformed) in try HTTPAPIRequest(reading: &reader) }
        } catch { return nil }
    }

    private init(reading reader: inout JSONReader) throws(JSONReader.Malformed) {
        var hasPath = false
        self.init(routeKey: nil, rawPath: "", requestContext: HTTPAPIRequestContext())
        try reader.object { (reader, name) throws(JSONReader.Malformed) in
            switch name {
            case "version": version = try reader.string()
            case "routeKey": routeKey = try reader.string()
            case "rawPath":
                rawPath = try reader.string()
                hasPath = true
            case "rawQueryString": rawQueryString = try reader.string()
            case "cookies": cookies = try reader.strings()
            case "headers": headers = try reader.stringMap()
            case "queryStringParameters": queryStringParameters = try reader.stringMap()
            case "requestContext": requestContext = try HTTPAPIRequestContext(reading: &reader)
            case "body": body = try reader.string()
            case "pathParameters": pathParameters = try reader.stringMap()
            case "stageVariables": stageVariables = try reader.stringMap()
            case "isBase64Encoded": isBase64Encoded = try reader.bool()
            default: try reader.skip()
            }
        }
        guard version == "2.0", hasPath else { throw reader.malformed }
    }
}

extension HTTPAPIRequestContext {
    fileprivate init(reading reader: inout JSONReader) throws(JSONReader.Malformed) {
        self.init()
        try reader.object { (reader, name) throws(JSONReader.Malformed) in
            switch name {
            case "accountId": accountId = try reader.string()
            case "apiId": apiId = try reader.string()
            case "authorizer": authorizer = try Authorizer(reading: &reader)
            case "domainName": domainName = try reader.string()
            case "domainPrefix": domainPrefix = try reader.string()
            case "http": http = try HTTP(reading: &reader)
            case "requestId": requestId = try reader.string()
            case "routeKey": routeKey = try reader.string()
            case "stage": stage = try reader.string()
            case "time": time = try reader.string()
            case "timeEpoch": timeEpoch = Int64(try reader.integer())
            default: try reader.skip()
            }
        }
    }
}

extension HTTPAPIRequestContext.HTTP {
    fileprivate init(reading reader: inout JSONReader) throws(JSONReader.Malformed) {
        self.init(method: "", path: "", protocol: nil, sourceIp: nil, userAgent: nil)
        try reader.object { (reader, name) throws(JSONReader.Malformed) in
            switch name {
            case "method": method = try reader.string()
            case "path": path = try reader.string()
            case "protocol": `protocol` = try reader.string()
            case "sourceIp": sourceIp = try reader.string()
            case "userAgent": userAgent = try reader.string()
            default: try reader.skip()
            }
        }
    }
}

extension HTTPAPIRequestContext.Authorizer {
    fileprivate init(reading reader: inout JSONReader) throws(JSONReader.Malformed) {
        self.init()
        try reader.object { (reader, name) throws(JSONReader.Malformed) in
            guard name == "lambda" else { throw reader.malformed }
            lambda = try reader.stringMap().mapValues { .string($0) }
        }
    }
}

extension HTTPAPIRequest {
    /// The event as `JSONEncoder` would write it with sorted keys, for a gateway that makes one for each request.
    package func json() -> [UInt8] {
        var writer = JSONWriter(capacity: (body?.utf8.count ?? 0) * 5 / 4 + 2048)
        writer.object { event in
            if let body { event.member("body", body) }
            if let cookies { event.list("cookies", cookies) { $0.string($1) } }
            event.stringMap("headers", headers)
            event.member("isBase64Encoded", isBase64Encoded)
            if let pathParameters { event.stringMap("pathParameters", pathParameters) }
            if let queryStringParameters { event.stringMap("queryStringParameters", queryStringParameters) }
            event.member("rawPath", rawPath)
            event.member("rawQueryString", rawQueryString)
            event.object("requestContext") { requestContext.write(to: &$0) }
            if let routeKey { event.member("routeKey", routeKey) }
            if let stageVariables { event.stringMap("stageVariables", stageVariables) }
            event.member("version", version)
        }
        return writer.bytes
    }
}

extension HTTPAPIRequestContext {
    fileprivate func write(to context: inout JSONWriter) {
        if let accountId { context.member("accountId", accountId) }
        if let apiId { context.member("apiId", apiId) }
        if let authorizer { context.object("authorizer") { authorizer.write(to: &$0) } }
        if let domainName { context.member("domainName", domainName) }
        if let domainPrefix { context.member("domainPrefix", domainPrefix) }
        if let http {
            context.object("http") {
                $0.member("method", http.method)
                $0.member("path", http.path)
                if let version = http.protocol { $0.member("protocol", version) }
                if let sourceIp = http.sourceIp { $0.member("sourceIp", sourceIp) }
                if let userAgent = http.userAgent { $0.member("userAgent", userAgent) }
            }
        }
        if let requestId { context.member("requestId", requestId) }
        if let routeKey { context.member("routeKey", routeKey) }
        if let stage { context.member("stage", stage) }
        if let time { context.member("time", time) }
        if let timeEpoch { context.member("timeEpoch", timeEpoch) }
    }
}

extension HTTPAPIRequestContext.Authorizer {
    fileprivate func write(to authorizer: inout JSONWriter) {
        if let iam { authorizer.member("iam", JSONValue(iam)) }
        if let jwt {
            authorizer.object("jwt") {
                $0.stringMap("claims", jwt.claims)
                if let scopes = jwt.scopes { $0.list("scopes", scopes) { $0.string($1) } }
            }
        }
        if let lambda { authorizer.member("lambda", JSONValue(lambda)) }
    }
}
