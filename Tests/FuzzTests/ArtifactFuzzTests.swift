import Forecasting
import Foundation
import Testing

@Suite struct ArtifactFuzzTests {
    private func sample(_ header: String, values: Int) -> [UInt8] {
        let count = UInt64(header.utf8.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + Array(header.utf8) + [UInt8](repeating: 63, count: values * 4)
    }

    /// The prefix of eight bytes is kept in step with the header in half of the inputs, so that the header itself is read.
    @Test func `Safetensors files and models`() throws {
        let header =
            #"{"__metadata__":{"family":"climatology","seed":"1","training_cut":"2012-01-03","horizons":"1,5,20","quantiles":"0.05,0.1,0.25,0.5,0.75,0.9,0.95"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[1],"data_offsets":[24,28]}}"#
        try Fuzzing.run(seed: 21, [sample(header, values: 7)]) { bytes in
            var inputs = [bytes]
            if bytes.count > 36 {
                let length = UInt64(bytes.count - 36)
                inputs.append((0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + bytes[8...])
            }
            for input in inputs {
                do throws(ArtifactError) {
                    let artifact = try Artifact(decoding: input)
                    do { _ = try loadModel(artifact) } catch { #expect(error is ArtifactError) }
                } catch {}
            }
        }
    }
}
