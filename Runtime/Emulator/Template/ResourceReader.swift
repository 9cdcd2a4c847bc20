import Foundation

/// Reads a template's resources into the definitions that the emulator runs.
struct ResourceReader {
    let resolver: IntrinsicResolver
    let globals: TemplateValue
    let folder: String
    var template: Template
    /// Function names by logical id.
    var functionNames: [String: String] = [:]
    var apis: [String: APIDraft] = [:]

    init(resolver: IntrinsicResolver, globals: TemplateValue, folder: String, template: Template) {
        self.resolver = resolver
        self.globals = globals
        self.folder = folder
        self.template = template
    }

    mutating func read(_ resources: [String: TemplateValue]) throws(TemplateError) {
        let ordered = resources.sorted { $0.key < $1.key }
        for (id, resource) in ordered {
            switch resource["Type"]?.text {
            case "AWS::Serverless::Function", "AWS::Lambda::Function": try readFunction(id, resource)
            case "AWS::Serverless::HttpApi": try readAPI(id, resource)
            default: continue
            }
        }
        for (id, resource) in ordered {
            let path = "Resources.\(id).Properties"
            guard let type = resource["Type"]?.text else { throw TemplateError("Resources.\(id)", "has no Type") }
            switch type {
            case "AWS::Serverless::Function":
                try readEvents(id, resource)
                try readDestination(id, resource)
            case "AWS::S3::Bucket": try readBucket(id, resource)
            case "AWS::Scheduler::Schedule": try readSchedule(id, properties(resource), path, function: nil, kind: .scheduler)
            case "AWS::Lambda::Function", "AWS::Serverless::HttpApi": continue
            default:
                if !Self.ignoredTypes.contains(type) { template.notices.append("\(id): \(type) is not emulated.") }
            }
        }
        template.apis = try finishedAPIs()
    }

    func properties(_ resource: TemplateValue) -> TemplateValue { resource["Properties"] ?? .map([:]) }

    /// The template's function with this name, partial ARN or ARN.
    func function(named reference: String) -> String? {
        let name: Substring
        if let range = reference.range(of: ":function:") {
            name = reference[range.upperBound...].prefix { $0 != ":" && $0 != "/" }
        } else {
            name = reference[...]
        }
        return template.functions.first { $0.name == name || $0.logicalID == name }?.name
    }

    /// Types without effect on this machine, ignored without a notice.
    private static let ignoredTypes: Set<String> = [
        "AWS::Logs::LogGroup", "AWS::Lambda::Permission", "AWS::S3::BucketPolicy", "AWS::IAM::Role", "AWS::IAM::Policy",
        "AWS::IAM::ManagedPolicy", "AWS::CloudFormation::WaitConditionHandle",
    ]
}

/// Functions and their `OnFailure` destinations.
extension ResourceReader {
    mutating func readFunction(_ id: String, _ resource: TemplateValue) throws(TemplateError) {
        let path = "Resources.\(id).Properties"
        var properties = properties(resource)
        if resource["Type"]?.text == "AWS::Serverless::Function" {
            properties = TemplateValue.merge(global: globals["Function"] ?? .map([:]), local: properties)
        }
        let runtime = try optional(properties, "Runtime", path)?.text
        guard try optional(properties, "PackageType", path)?.text != "Image" else {
            template.notices.append("\(id): a function from a container image is not run.")
            return
        }
        guard runtime?.hasPrefix("provided") == true else {
            template.notices.append("\(id): runtime \(runtime ?? "missing") is not run, only provided.*.")
            return
        }
        let key = properties["CodeUri"] == nil ? "Code" : "CodeUri"
        guard let code = try optional(properties, key, path)?.text else {
            template.notices.append("\(id): its code is not a local folder, so it is not run.")
            return
        }
        var definition = FunctionDefinition(
            name: try resolver.physicalName(of: id, resource), logicalID: id,
            handler: try optional(properties, "Handler", path)?.text ?? id,
            codePath: URL(fileURLWithPath: code, relativeTo: URL(fileURLWithPath: folder, isDirectory: true)).standardizedFileURL.path)
        definition.timeout = try integer(properties, "Timeout", 1...900, path) ?? 3
        definition.memorySize = try integer(properties, "MemorySize", 128...10240, path) ?? 128
        definition.reservedConcurrency = try integer(properties, "ReservedConcurrentExecutions", 0...100_000, path)
        if let variables = try optional(properties, "Environment", path)?["Variables"] {
            for (name, value) in variables.map ?? [:] {
                guard value == .null || value.text != nil else {
                    throw TemplateError("\(path).Environment.Variables.\(name)", "expected text")
                }
                definition.environment[name] = value.text ?? ""
            }
        }
        if let configuration = properties["EventInvokeConfig"] {
            let path = "\(path).EventInvokeConfig"
            definition.maximumRetryAttempts = try integer(configuration, "MaximumRetryAttempts", 0...2, path) ?? 2
            definition.maximumEventAge = try integer(configuration, "MaximumEventAgeInSeconds", 60...21600, path) ?? 21600
        }
        if let other = template.functions.first(where: { $0.name == definition.name }) {
            throw TemplateError("\(path).FunctionName", "\(definition.name) is the name of \(other.logicalID) as well")
        }
        functionNames[id] = definition.name
        template.functions.append(definition)
    }

    /// Reads the `OnFailure` destination. All functions have to be read before, because each may be the destination.
    mutating func readDestination(_ id: String, _ resource: TemplateValue) throws(TemplateError) {
        let path = "Resources.\(id).Properties.EventInvokeConfig.DestinationConfig"
        guard let index = template.functions.firstIndex(where: { $0.logicalID == id }) else { return }
        let merged = TemplateValue.merge(global: globals["Function"] ?? .map([:]), local: properties(resource))
        guard let configuration = merged["EventInvokeConfig"]?["DestinationConfig"] else { return }
        if configuration["OnSuccess"] != nil { template.notices.append("\(id): its OnSuccess destination is not emulated.") }
        guard let failure = configuration["OnFailure"] else { return }
        guard let arn = try optional(failure, "Destination", "\(path).OnFailure")?.text else {
            throw TemplateError("\(path).OnFailure.Destination", "is missing")
        }
        template.functions[index].onFailure = .init(arn: arn, function: arn.contains(":lambda:") ? function(named: arn) : nil)
    }

    /// The resolved property; nil when it is missing or null.
    func optional(_ properties: TemplateValue, _ key: String, _ path: String) throws(TemplateError) -> TemplateValue? {
        guard let value = properties[key] else { return nil }
        let resolved = try resolver.resolve(value, "\(path).\(key)")
        return resolved == .null ? nil : resolved
    }

    func integer(
        _ properties: TemplateValue, _ key: String, _ range: ClosedRange<Int>, _ path: String
    ) throws(TemplateError) -> Int? {
        guard let value = try optional(properties, key, path) else { return nil }
        guard let number = value.int, range.contains(number) else {
            throw TemplateError("\(path).\(key)", "expected a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
