import Testing

@testable import Command

@Suite struct BuildInfoTests {
    @Test func `Every report names the build and the processor`() throws {
        let conditions = BenchReport("test").conditions
        let build = try #require(conditions["bellwether"]), name = try #require(conditions["processor"])
        #expect(build.firstMatch(of: /^executable [0-9a-f]{16}, a (release|debug) build with -/) != nil, "\(build)")
        #if arch(x86_64)
            #expect(build.contains("x86-64-v3") && name != "unknown", "\(build), \(name)")
        #endif
    }

    @Test func `A processor's name is its first model name`() {
        let text = "processor\t: 0\nmodel\t\t: 143\nmodel name\t: Some CPU @ 2.1 GHz\nprocessor\t: 1\nmodel name\t: Another\n"
        #expect(BuildInfo.processor(in: text) == "Some CPU @ 2.1 GHz")
        #expect(BuildInfo.processor(in: "CPU implementer\t: 0x41\n") == nil)
    }
}
