extension IntrinsicResolver {
    /// Whether the named condition holds.
    func holds(_ name: String, _ path: String, _ asking: Set<String> = []) throws(TemplateError) -> Bool {
        guard let condition = conditions[name] else { throw TemplateError(path, "no condition named \(name)") }
        guard !asking.contains(name) else { throw TemplateError("Conditions.\(name)", "depends on itself") }
        return try test(condition, "Conditions.\(name)", asking.union([name]))
    }

    func test(_ condition: TemplateValue, _ path: String, _ asking: Set<String> = []) throws(TemplateError) -> Bool {
        guard let (name, argument) = condition.intrinsic else { throw TemplateError(path, "expected a condition function") }
        let path = path.hasSuffix(name) ? path : "\(path).\(name)"
        switch name {
        case "Condition":
            guard let other = argument.text else { throw TemplateError(path, "wants the name of a condition") }
            return try holds(other, path, asking)
        case "Fn::Equals":
            let parts = try arguments(argument, 2...2, path)
            return try resolve(parts[0], "\(path)[0]") == resolve(parts[1], "\(path)[1]")
        case "Fn::Not":
            return try !test(try arguments(argument, 1...1, path)[0], "\(path)[0]", asking)
        case "Fn::And":
            for part in try arguments(argument, 2...10, path) where try !test(part, path, asking) { return false }
            return true
        case "Fn::Or":
            for part in try arguments(argument, 2...10, path) where try test(part, path, asking) { return true }
            return false
        default:
            throw TemplateError(path, "\(name) is no condition function")
        }
    }
}
