import Foundation

/// Resolves intrinsic functions against parameters, conditions, mappings and the names of resources.
///
/// Only what the emulator needs is ever resolved, so an unknown function in an ignored resource does no harm.
struct IntrinsicResolver: Sendable {
    let parameters: [String: TemplateValue]
    let conditions: [String: TemplateValue]
    let mappings: TemplateValue
    let resources: [String: TemplateValue]

    /// The value with every intrinsic function replaced; members that are `AWS::NoValue` are left out.
    func resolve(_ value: TemplateValue, _ path: String) throws(TemplateError) -> TemplateValue {
        try resolveOrNothing(value, path) ?? .null
    }

    func text(_ value: TemplateValue, _ path: String) throws(TemplateError) -> String {
        let resolved = try resolve(value, path)
        guard let text = resolved.text else { throw TemplateError(path, "expected text") }
        return text
    }

    /// - Returns: `nil` for `AWS::NoValue`.
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
            guard let target = argument.text else { throw TemplateError(path, "wants a name") }
            return target == "AWS::NoValue" ? nil : try reference(target, path)
        case "Fn::If":
            let parts = try arguments(argument, 3...3, path)
            guard let condition = parts[0].text else { throw TemplateError(path, "the first argument is the name of a condition") }
            let branch = try holds(condition, path) ? 1 : 2
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
            let list = try resolve(parts[1], "\(path)[1]").many
            guard let index, list.indices.contains(index) else { throw TemplateError(path, "no element \(index ?? -1) of \(list.count)") }
            return list[index]
        case "Fn::Split":
            let parts = try arguments(argument, 2...2, path)
            let whole = try text(parts[1], "\(path)[1]")
            let separator = try text(parts[0], "\(path)[0]")
            guard !separator.isEmpty else { throw TemplateError(path, "the delimiter is empty") }
            return .list(whole.components(separatedBy: separator).map { .text($0) })
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
            return .text(try test(.map([name: argument]), path) ? "true" : "false")
        default:
            throw TemplateError(path, "the emulator does not know \(name)")
        }
    }

    func arguments(_ value: TemplateValue, _ count: ClosedRange<Int>, _ path: String) throws(TemplateError) -> [TemplateValue] {
        guard let list = value.list, count.contains(list.count) else {
            throw TemplateError(path, "wants a list of \(count.lowerBound) arguments")
        }
        return list
    }

    private func texts(_ value: TemplateValue, _ path: String) throws(TemplateError) -> [String] {
        var result: [String] = []
        for element in try resolve(value, path).many {
            guard let text = element.text else { throw TemplateError(path, "expected a list of texts") }
            result.append(text)
        }
        return result
    }
}
