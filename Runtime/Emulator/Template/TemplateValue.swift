/// A value of a template. Scalars stay text, as in CloudFormation; `!Sub x` is the map `{"Fn::Sub": x}`.
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

    /// The elements of a list; another value is a list of one element.
    var elements: [TemplateValue] {
        switch self {
        case .null: []
        case .list(let list): list
        case .text, .map: [self]
        }
    }

    /// The name and argument of an intrinsic function: a map with one such key.
    var intrinsic: (name: String, argument: TemplateValue)? {
        guard case .map(let map) = self, map.count == 1, let (key, value) = map.first else { return nil }
        return key == "Ref" || key == "Condition" || key.hasPrefix("Fn::") ? (key, value) : nil
    }

    /// Merges a value of `Globals` into a resource's value by SAM's rules: maps merge key by key, lists are joined, other values and
    /// intrinsic functions are replaced by the local one.
    static func merge(global: TemplateValue, local: TemplateValue) -> TemplateValue {
        if global.intrinsic != nil || local.intrinsic != nil { return local }
        switch (global, local) {
        case (.map(let globals), .map(let locals)):
            return .map(globals.merging(locals) { merge(global: $0, local: $1) })
        case (.list(let globals), .list(let locals)):
            return .list(globals + locals)
        default:
            return local
        }
    }
}
