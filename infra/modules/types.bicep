@export()
@description('How far and in what steps a region scales.')
type Scale = {
  instanceMemoryMB: 512 | 2048 | 4096
  maximumInstanceCount: int
  alwaysReadyInstances: int
  httpConcurrency: int
}
