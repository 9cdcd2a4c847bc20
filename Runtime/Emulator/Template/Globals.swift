/// SAM's rules for `Globals`: maps merge key by key, lists are joined, anything else (an intrinsic call too) is replaced.
enum Globals {
    static func merge(_ global: TemplateValue, _ local: TemplateValue) -> TemplateValue {
        if global.intrinsic != nil || local.intrinsic != nil { return local }
        switch (global, local) {
        case (.map(let globals), .map(let locals)):
            return .map(globals.merging(locals) { merge($0, $1) })
        case (.list(let globals), .list(let locals)):
            return .list(globals + locals)
        default:
            return local
        }
    }
}
