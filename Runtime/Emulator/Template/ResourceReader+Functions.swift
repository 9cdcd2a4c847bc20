import Foundation

extension ResourceReader {
    mutating func readFunction(_ id: String, _ resource: TemplateValue) throws(TemplateError) {
        let path = "Resources.\(id).Properties"
        var properties = properties(resource)
        if resource["Type"]?.text == "AWS::Serverless::Function" {
            properties = Globals.merge(globals["Function"] ?? .map([:]), properties)
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
            template.notices.append("\(id): its code is no folder of this machine, so it is not run.")
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
        if let twin = template.functions.first(where: { $0.name == definition.name }) {
            throw TemplateError("\(path).FunctionName", "\(definition.name) is the name of \(twin.logicalID) as well")
        }
        functionNames[id] = definition.name
        template.functions.append(definition)
    }

    /// Once all functions are known, since a destination may be any of them.
    mutating func readDestination(_ id: String, _ resource: TemplateValue) throws(TemplateError) {
        let path = "Resources.\(id).Properties.EventInvokeConfig.DestinationConfig"
        guard let index = template.functions.firstIndex(where: { $0.logicalID == id }) else { return }
        let own = Globals.merge(globals["Function"] ?? .map([:]), properties(resource))
        guard let configuration = own["EventInvokeConfig"]?["DestinationConfig"] else { return }
        if configuration["OnSuccess"] != nil { template.notices.append("\(id): its OnSuccess destination is not told.") }
        guard let failure = configuration["OnFailure"] else { return }
        guard let arn = try optional(failure, "Destination", "\(path).OnFailure")?.text else {
            throw TemplateError("\(path).OnFailure.Destination", "is missing")
        }
        template.functions[index].onFailure = .init(arn: arn, function: arn.contains(":lambda:") ? function(named: arn) : nil)
    }

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
