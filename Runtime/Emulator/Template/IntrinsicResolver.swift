import Foundation

/// Resolves a template's intrinsic functions with its parameters, conditions, mappings and resource names.
///
/// Only values that the emulator needs are resolved, so unknown functions in ignored resources do no harm.
struct IntrinsicResolver: Sendable {
    let parameters: [String: TemplateValue]
    let conditions: [String: TemplateValue]
    let mappings: TemplateValue
    let resources: [String: TemplateValue]

    /// Returns the value with every intrinsic function resolved, without members that are `AWS::NoValue`.
    func resolve(_ value: TemplateValue, _ path: String) throws(TemplateError) -> TemplateValue {
        try resolveOrNothing(value, path) ?? .null
    }

    func text(_ value: TemplateValue, _ path: String) throws(TemplateError) -> String {
        let resolved = try resolve(value, path)
        guard let text = resolved.text else { throw TemplateError(path, "expected text") }
        return text
    }

    /// Returns the resolved value, or `nil` for `AWS::NoValue`.
    private func resolveOrNothing(_ value: TemplateValue, _ path: String) throws(TemplateError) -> TemplateValue? {
        if let (name, argument) = value.intrinsic { return try call(name, argument, "\(path).\(name)") }
        switch value {
        case .null, .text: return value
        case .list(let list):
            var result: [TemplateValue] = []
            for (index, element) in list.enumerated() {
                if let element = try resolveOrNothing(element, "\(path)[\(index)]") { result.append(element) }
            }
            return .list(result)
        case .map(let map):
            var result: [String: TemplateValue] = [:]
            for (key, element) in map.sorted(by: { $0.key < $1.key }) {
                if let element = try resolveOrNothing(element, "\(path).\(key)") { result[key] = element }
            }
            return .map(result)
        }
    }

    private func call(_ name: String, _ argument: TemplateValue, _ path: String) throws(TemplateError) -> TemplateValue? {
        switch name {
        case "Ref":
            guard let target = argument.text else { throw TemplateError(path, "expected a name") }
            return target == "AWS::NoValue" ? nil : try reference(target, path)
        case "Fn::If":
            let parts = try arguments(argument, 3...3, path)
            guard let condition = parts[0].text else { throw TemplateError(path, "the first argument is the name of a condition") }
            let branch = try isConditionTrue(condition, path) ? 1 : 2
            return try resolveOrNothing(parts[branch], "\(path)[\(branch)]")
        case "Fn::Sub": return .text(try substitute(argument, path))
        case "Fn::GetAtt":
            let parts = argument.text.map { $0.split(separator: ".", maxSplits: 1).map { TemplateValue.text(String($0)) } }
            let pair = try arguments(parts.map { .list($0) } ?? argument, 2...2, path)
            return try attribute(try text(pair[1], path), of: try text(pair[0], path), path)
        case "Fn::Join":
            let parts = try arguments(argument, 2...2, path)
            return .text(try texts(parts[1], "\(path)[1]").joined(separator: try text(parts[0], "\(path)[0]")))
        case "Fn::Select":
            let parts = try arguments(argument, 2...2, path)
            let index = try resolve(parts[0], path).int
            let list = try resolve(parts[1], "\(path)[1]").elements
            guard let index, list.indices.contains(index) else { throw TemplateError(path, "no element \(index ?? -1) of \(list.count)") }
            return list[index]
        case "Fn::Split":
            let parts = try arguments(argument, 2...2, path)
            let joined = try text(parts[1], "\(path)[1]")
            let separator = try text(parts[0], "\(path)[0]")
            guard !separator.isEmpty else { throw TemplateError(path, "the delimiter is empty") }
            return .list(joined.components(separatedBy: separator).map { .text($0) })
        case "Fn::FindInMap":
            let parts = try arguments(argument, 3...4, path)
            let keys = [try text(parts[0], path), try text(parts[1], path), try text(parts[2], path)]
            if let found = mappings[keys[0]]?[keys[1]]?[keys[2]] { return found }
            if parts.count == 4, let fallback = parts[3]["DefaultValue"] { return try resolveOrNothing(fallback, path) }
            throw TemplateError(path, "no mapping \(keys.joined(separator: "."))")
        case "Fn::Base64": return .text(Data(try text(argument, path).utf8).base64EncodedString())
        case "Fn::GetAZs":
            let region = try resolve(argument, path).text.flatMap { $0.isEmpty ? nil : $0 } ?? PseudoParameter.region
            return .list(["a", "b", "c"].map { .text(region + $0) })
        case "Fn::Equals", "Fn::Not", "Fn::And", "Fn::Or", "Condition":
            return .text(try evaluate(.map([name: argument]), path) ? "true" : "false")
        default:
            throw TemplateError(path, "the emulator does not support \(name)")
        }
    }

    func arguments(_ value: TemplateValue, _ count: ClosedRange<Int>, _ path: String) throws(TemplateError) -> [TemplateValue] {
        guard let list = value.list, count.contains(list.count) else {
            throw TemplateError(path, "expected a list of \(count.lowerBound) arguments")
        }
        return list
    }

    private func texts(_ value: TemplateValue, _ path: String) throws(TemplateError) -> [String] {
        var result: [String] = []
        for element in try resolve(value, path).elements {
            guard let text = element.text else { throw TemplateError(path, "expected a list of texts") }
            result.append(text)
        }
        return result
    }
}

extension IntrinsicResolver {
    func reference(_ name: String, _ path: String) throws(TemplateError) -> TemplateValue {
        if let parameter = parameters[name] { return parameter }
        guard let resource = resources[name] else { throw TemplateError(path, "nothing is named \(name)") }
        return .text(try physicalName(of: name, resource))
    }

    func attribute(_ attribute: String, of name: String, _ path: String) throws(TemplateError) -> TemplateValue {
        guard let resource = resources[name] else { throw TemplateError(path, "no resource named \(name)") }
        let physical = try physicalName(of: name, resource)
        guard attribute == "Arn" else { return .text(attribute == "QueueName" ? physical : "\(physical).\(attribute)") }
        let type = resource["Type"]?.text ?? ""
        let place = "\(PseudoParameter.region):\(PseudoParameter.account)"
        return switch type {
        case "AWS::Serverless::Function", "AWS::Lambda::Function": .text("arn:aws:lambda:\(place):function:\(physical)")
        case "AWS::S3::Bucket": .text("arn:aws:s3:::\(physical)")
        case "AWS::IAM::Role": .text("arn:aws:iam::\(PseudoParameter.account):role/\(physical)")
        case "AWS::SQS::Queue": .text("arn:aws:sqs:\(place):\(physical)")
        case "AWS::Logs::LogGroup": .text("arn:aws:logs:\(place):log-group:\(physical):*")
        default: .text("arn:aws:\(type.split(separator: ":").dropFirst().first?.lowercased() ?? "unknown"):\(place):\(physical)")
        }
    }

    /// The value of `Ref`: the name property of types that have one, else the logical id.
    func physicalName(of logicalID: String, _ resource: TemplateValue) throws(TemplateError) -> String {
        let property: String? =
            switch resource["Type"]?.text {
            case "AWS::Serverless::Function", "AWS::Lambda::Function": "FunctionName"
            case "AWS::S3::Bucket": "BucketName"
            case "AWS::SQS::Queue": "QueueName"
            case "AWS::Logs::LogGroup": "LogGroupName"
            case "AWS::DynamoDB::Table", "AWS::Serverless::SimpleTable": "TableName"
            case "AWS::IAM::Role": "RoleName"
            case "AWS::Scheduler::Schedule", "AWS::Events::Rule": "Name"
            default: nil
            }
        guard let property, let value = resource["Properties"]?[property] else { return logicalID }
        // The resource itself is removed, so that a name that refers to itself is an error instead of an endless loop.
        var others = resources
        others[logicalID] = nil
        let resolver = IntrinsicResolver(parameters: parameters, conditions: conditions, mappings: mappings, resources: others)
        return try resolver.text(value, "Resources.\(logicalID).Properties.\(property)")
    }

    /// Resolves `Fn::Sub`: `${Name}`, `${Resource.Attribute}`, local variables and `${!Literal}`.
    func substitute(_ argument: TemplateValue, _ path: String) throws(TemplateError) -> String {
        var variables: [String: TemplateValue] = [:]
        var template = argument.text
        if let list = argument.list, list.count == 2 {
            template = list[0].text
            variables = list[1].map ?? [:]
        }
        guard let template else { throw TemplateError(path, "expected text, or a list of text and variables") }
        var result = ""
        var rest = template[...]
        while let start = rest.range(of: "${") {
            result += rest[..<start.lowerBound]
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else { throw TemplateError(path, "${ without }") }
            let name = String(rest[start.upperBound..<end])
            rest = rest[rest.index(after: end)...]
            if name.hasPrefix("!") {
                result += "${\(name.dropFirst())}"
            } else if let variable = variables[name] {
                result += try text(variable, "\(path).\(name)")
            } else if parameters[name] == nil, let dot = name.firstIndex(of: ".") {
                let value = try attribute(String(name[name.index(after: dot)...]), of: String(name[..<dot]), path)
                result += value.text ?? ""
            } else {
                let value = try reference(name, path)
                result += try text(value, path)
            }
        }
        return result + rest
    }
}

extension IntrinsicResolver {
    /// Evaluates a named condition. `visited` has the conditions that are being evaluated.
    func isConditionTrue(_ name: String, _ path: String, _ visited: Set<String> = []) throws(TemplateError) -> Bool {
        guard let condition = conditions[name] else { throw TemplateError(path, "no condition named \(name)") }
        guard !visited.contains(name) else { throw TemplateError("Conditions.\(name)", "depends on itself") }
        return try evaluate(condition, "Conditions.\(name)", visited.union([name]))
    }

    func evaluate(_ condition: TemplateValue, _ path: String, _ visited: Set<String> = []) throws(TemplateError) -> Bool {
        guard let (name, argument) = condition.intrinsic else { throw TemplateError(path, "expected a condition function") }
        let path = path.hasSuffix(name) ? path : "\(path).\(name)"
        switch name {
        case "Condition":
            guard let other = argument.text else { throw TemplateError(path, "expected the name of a condition") }
            return try isConditionTrue(other, path, visited)
        case "Fn::Equals":
            let parts = try arguments(argument, 2...2, path)
            return try resolve(parts[0], "\(path)[0]") == resolve(parts[1], "\(path)[1]")
        case "Fn::Not":
            return try !evaluate(try arguments(argument, 1...1, path)[0], "\(path)[0]", visited)
        case "Fn::And":
            for part in try arguments(argument, 2...10, path) where try !evaluate(part, path, visited) { return false }
            return true
        case "Fn::Or":
            for part in try arguments(argument, 2...10, path) where try evaluate(part, path, visited) { return true }
            return false
        default:
            throw TemplateError(path, "\(name) is not a condition function")
        }
    }
}
