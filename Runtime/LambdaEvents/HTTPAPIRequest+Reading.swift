extension HTTPAPIRequest {
    /// Reads the usual form in a fraction of the decoder's time; nil for any other, which `init(from:)` may still take: an authorizer
    /// whose context is not text, a member that is null or unknown.
    package init?(reading bytes: [UInt8]) {
        var reader = JSONReader(bytes)
        var required: Set<String> = ["version", "rawPath", "requestContext"]
        self.init(
            routeKey: nil, rawPath: "", requestContext: .init(http: .init(method: "", path: ""), requestId: "", time: "", timeEpoch: 0))
        do throws(JSONReader.Malformed) {
            try reader.object { (reader, name) throws(JSONReader.Malformed) in
                required.remove(name)
                switch name {
                case "version": version = try reader.string()
                case "routeKey": routeKey = try reader.string()
                case "rawPath": rawPath = try reader.string()
                case "rawQueryString": rawQueryString = try reader.string()
                case "cookies": cookies = try reader.strings()
                case "headers": headers = try reader.map()
                case "queryStringParameters": queryStringParameters = try reader.map()
                case "requestContext": requestContext = try HTTPAPIRequestContext(reading: &reader)
                case "body": body = try reader.string()
                case "pathParameters": pathParameters = try reader.map()
                case "stageVariables": stageVariables = try reader.map()
                case "isBase64Encoded": isBase64Encoded = try reader.bool()
                default: throw JSONReader.Malformed()
                }
            }
            try reader.end()
        } catch { return nil }
        guard version == "2.0", required.isEmpty else { return nil }
    }
}

extension HTTPAPIRequestContext {
    fileprivate init(reading reader: inout JSONReader) throws(JSONReader.Malformed) {
        var required: Set<String> = ["accountId", "apiId", "domainName", "domainPrefix", "http", "requestId", "time", "timeEpoch"]
        self.init(http: .init(method: "", path: ""), requestId: "", routeKey: nil, stage: nil, time: "", timeEpoch: 0)
        try reader.object { (reader, name) throws(JSONReader.Malformed) in
            required.remove(name)
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
            default: throw JSONReader.Malformed()
            }
        }
        guard required.isEmpty else { throw JSONReader.Malformed() }
    }
}

extension HTTPAPIRequestContext.HTTP {
    fileprivate init(reading reader: inout JSONReader) throws(JSONReader.Malformed) {
        let members = try reader.map()
        guard members.count == 5, let method = members["method"], let path = members["path"], let version = members["protocol"],
            let sourceIp = members["sourceIp"], let userAgent = members["userAgent"]
        else { throw JSONReader.Malformed() }
        self.init(method: method, path: path, protocol: version, sourceIp: sourceIp, userAgent: userAgent)
    }
}

extension HTTPAPIRequestContext.Authorizer {
    fileprivate init(reading reader: inout JSONReader) throws(JSONReader.Malformed) {
        self.init()
        try reader.object { (reader, name) throws(JSONReader.Malformed) in
            guard name == "lambda" else { throw JSONReader.Malformed() }
            lambda = try reader.map().mapValues { .string($0) }
        }
    }
}
