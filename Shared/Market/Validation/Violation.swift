/// Why a row cannot be stored as a bar: a stable rule name and what was seen.
package struct Violation: Hashable, Sendable {
    /// One of `Validation.Rule`'s names, or a parser's own.
    package let rule: String
    package let detail: String

    package init(rule: String, detail: String) {
        self.rule = rule
        self.detail = detail
    }
}
