/// A piece of a template. Scalars stay text, as CloudFormation hands them on; `!Sub x` is the map `{"Fn::Sub": x}`.
enum TemplateValue: Sendable, Hashable {
    case null
    case text(String)
    case list([TemplateValue])
    case map([String: TemplateValue])

    subscript(_ key: String) -> TemplateValue? {
        guard case .map(let map) = self, let value = map[key], value != .null else { return nil }
        return value
    }

    var text: String? {
        guard case .text(let text) = self else { return nil }
        return text
    }

    var int: Int? { text.flatMap { Int($0) } }

    var bool: Bool? {
        switch text?.lowercased() {
        case "true", "yes", "on": true
        case "false", "no", "off": false
        default: nil
        }
    }

    var list: [TemplateValue]? {
        guard case .list(let list) = self else { return nil }
        return list
    }

    var map: [String: TemplateValue]? {
        guard case .map(let map) = self else { return nil }
        return map
    }

    /// A list, or a single value taken as a list of one.
    var many: [TemplateValue] {
        switch self {
        case .null: []
        case .list(let list): list
        case .text, .map: [self]
        }
    }

    /// The function's name and argument when this is an intrinsic call, i.e. a map with that one key.
    var intrinsic: (name: String, argument: TemplateValue)? {
        guard case .map(let map) = self, map.count == 1, let (key, value) = map.first else { return nil }
        return key == "Ref" || key == "Condition" || key.hasPrefix("Fn::") ? (key, value) : nil
    }
}
