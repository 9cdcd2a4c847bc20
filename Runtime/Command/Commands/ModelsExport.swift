import ArgumentParser
import Foundation

struct ModelsExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a neural network as an ONNX file, for other systems to serve.",
        discussion: """
            For lstm and transformer. The file's metadata describes its use: the inputs' names and order, their scaling, the horizons, the \
            quantiles, and how outputs become log returns. Its intervals are the network's own, before the calibration factor.
            """)
    @Argument(help: "A version's id, or a family for its latest version.") var model: String
    @Option(help: ArgumentHelp("Where to write it.", valueName: "file")) var out: String
    @OptionGroup var options: ModelsOptions

    private struct Exported: Codable {
        let id, family: String
        let onnx: String
    }

    private struct Written: Encodable {
        let id, family, file: String
        let bytes: Int
    }

    func run() async throws {
        let output = try OutputFile(out)
        let body = try await options.target.client().invoke("Predict", ["export": model])
        guard let exported = try? JSONDecoder().decode(Exported.self, from: body), let file = Data(base64Encoded: exported.onnx) else {
            throw CommandError("Predict's response is no exported model: deploy a version that can export")
        }
        try output.write(file)
        if options.json {
            let written = Written(id: exported.id, family: exported.family, file: out, bytes: file.count)
            return Console.output(String(decoding: try JSONEncoder().encode(written), as: UTF8.self))
        }
        Console.output("\(out): \(exported.id), \(file.count) bytes")
    }
}
