# The same reads and writes by four paths to a disk.
# machine: --mem 2048
# chart: exits to_vmm
# shellcheck shell=sh disable=SC2086,SC2046,SC2034,SC2154,SC2016 # words; the guest knows its $dev
. /cases/experiments.sh

begin
# vhost_disk FILE: have vhost-scsi serve this file as a disk.
vhost_disk() {
	modprobe vhost_scsi && modprobe target_core_file && mount -t configfs configfs /sys/kernel/config
	target=/sys/kernel/config/target
	mkdir -p $target/core/fileio_0/disk $target/vhost/$wwn/tpgt_1/lun/lun_0
	echo fd_dev_name=$PWD/$1,fd_dev_size=$((64 << 20)) >$target/core/fileio_0/disk/control
	echo 1 >$target/core/fileio_0/disk/enable
	echo naa.5001405000000002 >$target/vhost/$wwn/tpgt_1/nexus
	ln -s $target/core/fileio_0/disk $target/vhost/$wwn/tpgt_1/lun/lun_0/disk
}
wwn=naa.5001405000000001
paths="ide virtio iothread vhost"
for path in $paths; do
	truncate -s 64M $path.img
	case $path in
	ide) set -- -drive file=$path.img,format=raw,if=ide ;;
	virtio) set -- -drive file=$path.img,format=raw,if=virtio ;;
	iothread) set -- -object iothread,id=io1 -device virtio-blk-pci,drive=d,iothread=io1 -drive file=$path.img,format=raw,if=none,id=d ;;
	vhost)
		yes "vhost-scsi has a disk" vhost_disk $path.img
		set -- -device vhost-scsi-pci,wwpn=$wwn
		;;
	esac
	start $path "$@"
done
ready ide
told ide disk sda ata_piix sd_mod
for path in virtio iothread; do
	ready $path
	told $path disk vda virtio_pci virtio_blk
done
ready vhost
told vhost disk sda virtio_pci virtio_scsi sd_mod
# Each has touched its disk and its memory before it is measured.
for path in $paths; do
	told $path 'guestwork blocks $dev write 1048576 64'
done

# The figures of each round are in PATH.exits, .to_vmm, .host, and as part of IDE's in PATH.of_ide.
row operation path exits to_vmm host_of_ide least most
for how in "write 4096 100" "read 4096 100" "write 1048576 32" "read 1048576 32"; do
	set -- $how
	rm -f ./*.exits ./*.to_vmm ./*.host ./*.of_ide
	for round in 1 2 3 4 5; do
		for path in $paths; do
			per_one $3 $path guestwork blocks '$dev' $1 $2 >one
			read -r exits to_vmm _ <one
			read -r _ _ _ host <long
			echo $exits >>$path.exits
			echo $to_vmm >>$path.to_vmm
			[ $path != ide ] || of=$host
			echo $host $of | awk '{ printf "%.3f\n", $1 / $2 }' >>$path.of_ide
		done
	done
	what="$1 of $(($2 >> 10)) KiB"
	for path in $paths; do
		row "$what" $path $(median <$path.exits) $(median <$path.to_vmm) $(median <$path.of_ide) $(least <$path.of_ide) $(most <$path.of_ide)
	done
	for path in virtio iothread vhost; do
		holds "$what: $path has fewer exits than IDE" "$(median <$path.exits) < $(median <ide.exits)"
		holds "$what: $path has nearly no exits to the VMM" "$(median <$path.to_vmm) < 0.5"
	done
done
for path in $paths; do
	stop $path
done
finish
