import Yams

/// Parses YAML or JSON to `TemplateValue` and replaces CloudFormation's short tags by their long forms.
enum TemplateParser {
    static func parse(_ text: String) throws(TemplateError) -> TemplateValue {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw TemplateError("", "not readable as YAML: \(error)")
        }
        guard let root, case .mapping = root else { throw TemplateError("", "the template is empty or not a mapping") }
        return try value(root, "")
    }

    private static func value(_ node: Node, _ path: String) throws(TemplateError) -> TemplateValue {
        let tag = node.tag.description
        let plain = try untagged(node, path)
        guard tag.hasPrefix("!"), !tag.hasPrefix("!!"), tag.count > 1 else { return plain }
        switch tag {
        case "!Ref", "!Condition": return .map([String(tag.dropFirst()): plain])
        case "!GetAtt":
            guard case .text(let text) = plain, let dot = text.firstIndex(of: ".") else { return .map(["Fn::GetAtt": plain]) }
            return .map(["Fn::GetAtt": .list([.text(String(text[..<dot])), .text(String(text[text.index(after: dot)...]))])])
        default: return .map(["Fn::" + tag.dropFirst(): plain])
        }
    }

    private static func untagged(_ node: Node, _ path: String) throws(TemplateError) -> TemplateValue {
        switch node {
        case .scalar(let scalar):
            let isNull = scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            return isNull && !node.tag.description.hasPrefix("!") ? .null : .text(scalar.string)
        case .sequence(let sequence):
            var list: [TemplateValue] = []
            for (index, element) in sequence.enumerated() { list.append(try value(element, "\(path)[\(index)]")) }
            return .list(list)
        case .mapping(let mapping):
            var map: [String: TemplateValue] = [:]
            for (key, element) in mapping {
                guard let name = key.scalar?.string else { throw TemplateError(path, "a key is not text") }
                let place = path.isEmpty ? name : "\(path).\(name)"
                let member = try value(element, place)
                guard name == "<<" else {
                    map[name] = member
                    continue
                }
                for source in member.elements {
                    for (key, inherited) in source.map ?? [:] where map[key] == nil { map[key] = inherited }
                }
            }
            return .map(map)
        case .alias:
            throw TemplateError(path, "an alias without its anchor")
        }
    }
}
